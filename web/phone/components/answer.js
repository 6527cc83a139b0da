// What a verifier asks for is answered where it is asked: by a photo, by words, or by both.

import { api } from '../../shared/api.js';
import { html, useState } from '../../shared/html.js';
import { TextArea } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { ErrorBox, Progress } from '../../shared/components/notice.js';
import { PhotoField } from '../../shared/components/photo.js';
import { toast } from '../../shared/components/toast.js';
import { t } from '../../shared/strings.js';

/** @param {{one: Api.SubmissionItem, onDone: () => void}} props */
export function Answer({ one, onDone }) {
  const isAsked = one.status === 'asked';
  const question = [...one.decisions].reverse().find(({ decision }) => decision === 'ask');
  const [note, setNote] = useState(one.note ?? '');
  const [photo, setPhoto] = useState(/** @type {Blob | null} */ (null));
  const [share, setShare] = useState(/** @type {number | null} */ (null));
  const [isEmpty, setEmpty] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));

  async function send() {
    const isNew = note.trim() !== (one.note ?? '');
    setEmpty(!photo && !isNew);
    if (!photo && !isNew) return;
    setError(null);
    try {
      const path = { submission_id: one.id };
      if (photo) {
        const form = new FormData();
        form.set('photo', photo, 'photo.jpg');
        await api.post('/submissions/{submission_id}/evidence', { path, form, onProgress: setShare }); // the same photo is one, however often it is sent
        setPhoto(null);
      }
      if (isNew) await api.patch('/submissions/{submission_id}', { path, json: { note: note.trim() || null } });
      toast(t('answer.sent'));
      onDone();
    } catch (problem) {
      setError(problem);
    } finally {
      setShare(null);
    }
  }

  return html`<section class="card">
    <h2>${isAsked ? t('answer.title') : t('answer.photo_title')}</h2>
    ${question && isAsked && html`<p>${question.reason}</p>${question.text && html`<blockquote class="pre">${question.text}</blockquote>`}`}
    <${Form} act=${send}>
      <${PhotoField} label=${isAsked ? t('answer.photo') : t('claim.photo')} hint=${t('claim.photo_hint')} photo=${photo} onPhoto=${setPhoto} error=${isEmpty ? t('answer.empty') : ''} />
      ${isAsked && html`<${TextArea} label=${t('claim.note')} hint=${t('answer.note_hint')} maxlength="2000" value=${note} onInput=${setNote} />`}
      ${share !== null && html`<${Progress} share=${share} label=${t('sending.photo', { percent: Math.round(share * 100) })} />`}
      <${ErrorBox} error=${error} />
      <${Submit}>${isAsked ? t('answer.send') : t('claim.send')}<//>
    <//>
  </section>`;
}
