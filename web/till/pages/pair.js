// This device becomes a till by the code that a manager of the city reads out, and gets the PIN of its shifts.

import { html, useState } from '../../shared/html.js';
import { city } from '../../shared/city.js';
import { useOutbox } from '../../shared/hooks.js';
import { Problem } from '../../shared/problems.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Field } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Banner, ErrorBox } from '../../shared/components/notice.js';
import { CodeField } from '../components/code_field.js';
import { PAIRING, slip } from '../codes.js';
import { pair } from '../device.js';

/** @param {{device: import('../device.js').Device | null, wasEnded: boolean}} props */
export default function Pair({ device, wasEnded }) {
  const [code, setCode] = useState('');
  const [isTold, setTold] = useState(false);
  const [pin, setPin] = useState('');
  const [name, setName] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const waits = useOutbox().filter(({ state }) => state === 'waiting').length;

  async function act() {
    setTold(true);
    setError(null);
    if (!code || slip(code, PAIRING)) return;
    try {
      await pair(code, pin, name.trim());
      go('/', { replace: true });
    } catch (problem) {
      setError(problem);
    }
  }

  const isLost = error instanceof Problem && error.isOpen && error.status !== 429;
  const pinError = error instanceof Problem && error.code === 'pin_too_obvious' ? t('problem.pin_too_obvious') : undefined;
  return html`<section class="card sign-in">
    <h1>${t('pair.title')}</h1>
    ${wasEnded ? html`<${Banner} kind="warning"><p>${t('pair.ended')}</p><//>` : html`<p>${t('pair.lead', { city: city().name })}</p>`}
    ${waits > 0 && html`<${Banner} kind="warning" icon="clock"><p>${t('pair.waits', { n: waits })}</p><//>`}
    <${Form} act=${act}>
      <${CodeField} label=${t('pair.code')} hint=${t('pair.code_hint')} length=${PAIRING} group=${3} value=${code} isTold=${isTold}
        error=${isTold && !code ? t('pair.code_missing') : undefined} onInput=${(/** @type {string} */ typed) => (setCode(typed), setTold(false))} />
      <${Field} label=${t('pair.pin')} hint=${t('pair.pin_hint')} error=${pinError} class="code" inputmode="numeric" pattern="[0-9]{4}" title=${t('pin.digits')} maxlength="4" autocomplete="off" required value=${pin} onInput=${setPin} />
      <${Field} label=${t('pair.name')} hint=${t('pair.name_hint')} maxlength="60" autocomplete="off" value=${name} onInput=${setName} />
      ${!pinError && html`<${ErrorBox} error=${error} />`}
      ${isLost && html`<p>${t('pair.lost')}</p>`}
      <${Submit}>${t('pair.do')}<//>
    <//>
    <p class="other">${device ? html`<${ButtonLink} kind="bare" href="#/">${t('cancel')}<//>` : html`<${ButtonLink} kind="bare" href="#/mail">${t('pair.by_mail')}<//>`}</p>
  </section>`;
}
