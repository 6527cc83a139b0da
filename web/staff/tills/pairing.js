// A code is shown large, to be read out, while its 15 minutes run down; once the device has it, that is said here.

import { html, useEffect, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Dialog } from '../../shared/components/dialog.js';
import { Field } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Banner, ErrorBox } from '../../shared/components/notice.js';
import { t } from '../../shared/strings.js';
import { everyItem } from '../every.js';

const LOOK_EACH_MS = 4_000;

/** @param {string} code @param {AbortSignal} [signal] */
export const devicesOf = (code, signal) => everyItem((cursor) => api.get('/partners/{code}/devices', { path: { code }, query: { limit: 100, cursor }, signal }));

/** @param {{code: string, partner: string, till: Partial<Api.TillShown>, onClose: () => void}} props `till` is an empty object for a new one */
export function Pairing({ code, partner, till, onClose }) {
  const [name, setName] = useState(till.name ?? '');
  const [made, setMade] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  async function make() {
    setError(null);
    try {
      const wish = { ...(name.trim() ? { name: name.trim() } : {}), ...(till.id ? { till_id: till.id } : {}) };
      const { data } = await api.post('/partners/{code}/pairings', { path: { code }, json: wish });
      setMade({ ...data, ends: performance.now() + data.expires_in * 1000 }); // by this device's own watch, whatever its clock says
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<${Dialog} title=${till.id ? t('till.again_title', { name: till.name }) : t('till.pair_title', { partner })} onClose=${onClose}>
    ${!made && html`<${Form} act=${make}>
      <p>${till.id ? t('till.again_text') : t('till.pair_text')}</p>
      <${Field} label=${t('till.name')} hint=${t('till.name_hint')} maxlength="60" value=${name} onInput=${setName} />
      <${ErrorBox} error=${error} />
      <${Submit}>${t('till.make_code')}<//>
    <//>`}
    ${made && html`<${Code} key=${made.pairing_code} ...${{ code, till, made, make, error, onClose }} />`}
  <//>`;
}

/** @param {any} props */
function Code({ code, till, made, make, error, onClose }) {
  const [left, setLeft] = useState(Math.round((made.ends - performance.now()) / 1000));
  const [isPaired, setPaired] = useState(false);
  useEffect(() => {
    const tick = setInterval(() => setLeft(Math.max(0, Math.round((made.ends - performance.now()) / 1000))), 1000);
    const look = setInterval(async () => {
      const found = (await devicesOf(code).catch(() => [])).find(({ id }) => id === made.till_id);
      if (found && found.paired_at !== till.paired_at) setPaired(true);
    }, LOOK_EACH_MS);
    return () => (clearInterval(tick), clearInterval(look));
  }, []);
  if (isPaired) {
    return html`<${Banner} kind="good"><p><strong>${t('till.is_paired', { name: made.name })}</strong> ${t('till.is_paired_text')}</p><//>
      <${Button} class="wide" onClick=${onClose}>${t('done')}<//>`;
  }
  if (left <= 0) {
    return html`<${Banner} kind="warning"><p>${t('till.code_over')}</p><//><${ErrorBox} error=${error} /><${Button} class="wide" onClick=${make}>${t('till.make_code')}<//>`;
  }
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  return html`<p class="pairing-code" aria-label=${made.pairing_code.split('').join(' ')}>${made.pairing_code}</p>
    <div class="progress"><progress value=${left} max=${made.expires_in} aria-label=${t('till.time_left')}></progress>
      <span class="quiet" role="timer">${t('till.left', { clock })}</span></div>
    <ol><li>${t('till.step_open', { address: `${location.host}/till` })}</li><li>${t('till.step_code')}</li><li>${t('till.step_pin')}</li></ol>
    <p class="quiet">${t('till.waiting')}</p>`;
}
