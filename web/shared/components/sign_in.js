// One comes in by a code that was sent to one's own mailbox; who is new reads the terms and says yes to them.

import { html, useEffect, useState } from '../html.js';
import { api } from '../api.js';
import { Problem } from '../problems.js';
import { askForCode, signIn } from '../session.js';
import { t } from '../strings.js';
import { Button } from './button.js';
import { Checkbox, Field } from './field.js';
import { Form, Submit } from './form.js';
import { ErrorBox } from './notice.js';

/**
 * @param {{title?: string, heading?: 'h1' | 'h2', lead?: any, mayJoin?: boolean, onDone?: () => void, onStep?: (step: string) => void}} props
 *   without `mayJoin`, who is new is told that there is nothing here for them
 */
export function SignIn({ title = t('sign_in.title'), heading = 'h1', lead, mayJoin = false, onDone, onStep }) {
  const [step, setStep] = useState(/** @type {'address' | 'code' | 'terms'} */ ('address'));
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const [terms, setTerms] = useState(/** @type {{version: string, text: string} | null} */ (null));
  const [isAccepted, setAccepted] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));

  useEffect(() => onStep?.(step), [step]);

  /** @param {() => Promise<void>} act */
  const trying = async (act) => {
    setError(null);
    try {
      await act();
    } catch (problem) {
      setError(problem);
    }
  };

  const send = () =>
    trying(async () => {
      await askForCode(email.trim());
      setCode('');
      setStep('code');
    });

  const enter = () =>
    trying(async () => {
      try {
        await signIn(email.trim(), code.trim(), terms && isAccepted ? terms.version : undefined);
        onDone?.();
      } catch (problem) {
        if (!(problem instanceof Problem && problem.code === 'terms_required' && mayJoin)) throw problem;
        setTerms((await api.get('/terms', { open: true })).data);
        setStep('terms');
      }
    });

  const form = (/** @type {() => Promise<void>} */ act, /** @type {any} */ inside) => html`<${Form} key=${step} act=${act}>${inside}<//>`;

  return html`<section class="card sign-in">
    <${heading}>${title}<//>
    ${step === 'address' &&
    form(
      send,
      html`${lead && html`<p>${lead}</p>`}
        <${Field} label=${t('sign_in.email')} hint=${t('sign_in.email_hint')} type="email" autocomplete="email" inputmode="email" required maxlength="254" value=${email} onInput=${setEmail} />
        <${ErrorBox} error=${error} />
        <${Submit}>${t('sign_in.send')}<//>`,
    )}
    ${step === 'code' &&
    form(
      enter,
      html`<p>${t('sign_in.sent', { email })}</p>
        <${Field} label=${t('sign_in.code')} hint=${t('sign_in.code_hint')} class="code" autocomplete="one-time-code" inputmode="numeric" pattern="[0-9]{6}" maxlength="6" required value=${code} onInput=${setCode} />
        <${ErrorBox} error=${error} />
        <${Submit}>${t('sign_in.enter')}<//>
        <${Button} kind="bare" onClick=${() => (setError(null), setStep('address'))}>${t('sign_in.other')}<//>`,
    )}
    ${step === 'terms' &&
    form(
      enter,
      html`<p>${t('sign_in.new')}</p>
        <div class="terms" tabindex="0" role="region" aria-label=${t('sign_in.terms')}><p>${terms?.text}</p></div>
        <${Checkbox} label=${t('sign_in.accept')} checked=${isAccepted} onInput=${setAccepted} required />
        <${ErrorBox} error=${error} />
        <${Submit}>${t('sign_in.join')}<//>
        <${Button} kind="bare" onClick=${() => (setError(null), setAccepted(false), setStep('address'))}>${t('sign_in.other')}<//>`,
    )}
  </section>`;
}
