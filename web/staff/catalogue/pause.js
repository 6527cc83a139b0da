// A pause closes a deed at once and ends by itself, within the 30 days that notice would have taken (charter C20).

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Dialog } from '../../shared/components/dialog.js';
import { DateField, TextArea } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { ErrorBox } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { today } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { deedOf } from './deed_read.js';
import { dayAfter, deedDraft, deedRule } from './drafts.js';
import { Meanwhile } from './meanwhile.js';

const DAYS_MAX = 30;

/** @typedef {import('./deed_read.js').Known} Known */

/** @param {{known: Known, onDone: () => void, onClose: () => void}} props */
export function Pause({ known, onDone, onClose }) {
  const [until, setUntil] = useState(dayAfter(today(), 7));
  return html`<${Ask} ...${{ known, onDone, onClose }} title=${t('pause.title')} yes=${t('pause.yes')} done=${t('pause.done')} paused_until=${until}>
    <p>${t('pause.text')}</p>
    <${DateField} label=${t('pause.until')} required min=${today()} max=${dayAfter(today(), DAYS_MAX)} value=${until} onInput=${setUntil} />
  <//>`;
}

/** @param {{known: Known, onDone: () => void, onClose: () => void}} props */
export function EndPause({ known, onDone, onClose }) {
  return html`<${Ask} ...${{ known, onDone, onClose }} title=${t('pause.end_title')} yes=${t('pause.end_yes')} done=${t('pause.end_done')} paused_until=${null}>
    <p>${t('pause.end_text')}</p>
  <//>`;
}

/** @param {any} props */
function Ask({ known: first, title, yes, done, paused_until, onDone, onClose, children }) {
  const [known, setKnown] = useState(/** @type {Known} */ (first));
  const [news, setNews] = useState(/** @type {any[]} */ ([]));
  const [reason, setReason] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  async function publish() {
    setError(null);
    const { deed, newest } = known;
    try {
      await api.put('/deeds/{code}', { path: { code: deed.code }, json: { ...deedRule(deedDraft(deed)), paused_until, reason }, ifMatch: `"${newest}"` });
      toast(done);
      onDone();
    } catch (/** @type {any} */ problem) {
      if (problem.code === 'version_changed') await catchUp().catch(setError);
      else setError(problem);
    }
  }
  async function catchUp() {
    const now = await deedOf(known.deed.code);
    setNews(now.versions.filter(({ version }) => version > known.newest));
    setKnown(now);
  }
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <${Form} act=${publish}>
      ${children}
      <${TextArea} label=${t('field.reason')} hint=${t('field.reason_hint')} required maxlength="500" value=${reason} onInput=${setReason} />
      <${Meanwhile} news=${news} />
      <${ErrorBox} error=${error} />
      <${Submit}>${yes}<//>
      <${Button} kind="bare" onClick=${onClose}>${t('cancel')}<//>
    <//>
  <//>`;
}
