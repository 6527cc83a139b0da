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
import { dayAfter, deedDraft, deedRule } from './drafts.js';

const DAYS_MAX = 30;

/** @param {{deed: any, onDone: () => void, onClose: () => void}} props */
export function Pause({ deed, onDone, onClose }) {
  const [until, setUntil] = useState(dayAfter(today(), 7));
  return html`<${Ask} ...${{ deed, onDone, onClose }} title=${t('pause.title')} yes=${t('pause.yes')} done=${t('pause.done')} paused_until=${until}>
    <p>${t('pause.text')}</p>
    <${DateField} label=${t('pause.until')} required min=${today()} max=${dayAfter(today(), DAYS_MAX)} value=${until} onInput=${setUntil} />
  <//>`;
}

/** @param {{deed: any, onDone: () => void, onClose: () => void}} props */
export function EndPause({ deed, onDone, onClose }) {
  return html`<${Ask} ...${{ deed, onDone, onClose }} title=${t('pause.end_title')} yes=${t('pause.end_yes')} done=${t('pause.end_done')} paused_until=${null}>
    <p>${t('pause.end_text')}</p>
  <//>`;
}

/** @param {any} props */
function Ask({ deed, title, yes, done, paused_until, onDone, onClose, children }) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  async function publish() {
    setError(null);
    try {
      await api.put('/deeds/{code}', { path: { code: deed.code }, json: { ...deedRule(deedDraft(deed)), paused_until, reason } });
      toast(done);
      onDone();
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <${Form} act=${publish}>
      ${children}
      <${TextArea} label=${t('field.reason')} hint=${t('field.reason_hint')} required maxlength="500" value=${reason} onInput=${setReason} />
      <${ErrorBox} error=${error} />
      <${Submit}>${yes}<//>
      <${Button} kind="bare" onClick=${onClose}>${t('cancel')}<//>
    <//>
  <//>`;
}
