// The code fills the screen and is another one each half minute: a photo of it soon proves nothing.

import { html, useEffect, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { ButtonLink } from '../../shared/components/button.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { useAsked } from '../../shared/hooks.js';
import { t } from '../../shared/strings.js';
import { Qr } from '../components/qr.js';

const STEP_MS = 30_000;
const AGAIN_AFTER_MS = 3_000;

/** @param {{id: string}} props */
export default function EventCodePage({ id }) {
  const event = useAsked(async (signal) => (await api.get('/events/{event_id}', { path: { event_id: id }, signal })).data, [id]);
  const [code, setCode] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    const call = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    async function ask() {
      let next = AGAIN_AFTER_MS;
      try {
        const { data } = await api.get('/events/{event_id}/code', { path: { event_id: id }, signal: call.signal });
        setCode(data.code);
        setError(null);
        const left = Date.parse(data.valid_until) - now().getTime();
        if (left > 0 && left <= STEP_MS) next = left;
      } catch (problem) {
        if (call.signal.aborted) return;
        setCode(''); // an old code is worse than none
        setError(problem);
      }
      timer = setTimeout(ask, next);
    }
    ask();
    return () => (call.abort(), clearTimeout(timer));
  }, [id]);
  useEffect(() => stayAwake(), []);
  return html`<div class="code-page">
    <header class="headline"><${ButtonLink} kind="bare" icon="back" href="#/events/${id}">${t('case.event')}<//><h1>${event.data?.title ?? t('nav.events')}</h1></header>
    <p>${t('code.lead')}</p>
    <${ErrorBox} error=${error} />
    ${code ? html`<${Qr} text=${code} label=${t('code.label')} /><p class="number letters">${code.replace(/(.{6})(?=.)/g, '$1-')}</p>` : !error && html`<${Skeleton} />`}
  </div>`;
}

/** Keep the screen on while the code is shown, where the browser can. */
function stayAwake() {
  /** @type {any} */
  let held;
  let isOver = false;
  const hold = () =>
    document.visibilityState === 'visible' &&
    /** @type {any} */ (navigator).wakeLock?.request('screen').then((/** @type {any} */ lock) => (isOver ? lock.release() : (held = lock)), () => {});
  hold();
  document.addEventListener('visibilitychange', hold);
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', hold);
    held?.release();
  };
}
