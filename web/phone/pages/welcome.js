// Who comes for the first time learns what this is and what it never does, before they are asked for anything.

import { html, useState } from '../../shared/html.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Icon } from '../../shared/components/icons.js';
import { SignIn } from '../../shared/components/sign_in.js';
import { city } from '../../shared/city.js';
import { t } from '../../shared/strings.js';

export default function Welcome() {
  const [step, setStep] = useState('address');
  return html`<div class="welcome">
    ${step === 'address' && html`<${About} />`}
    <${SignIn} title=${t('welcome.join')} heading=${step === 'address' ? 'h2' : 'h1'} lead=${t('welcome.join_lead')} mayJoin onStep=${setStep} />
  </div>`;
}

function About() {
  return html`<section class="hello">
      <h1>${t('hello', { city: city().name })}</h1>
      <p>${t('lead')}</p>
      <div class="does">
        <${Button} onClick=${() => document.querySelector(/** @type {'input'} */ ('.sign-in input'))?.focus()}>${t('welcome.join')}<//>
        <${ButtonLink} href="#/deeds" kind="quiet" icon="deeds">${t('welcome.look')}<//>
      </div>
    </section>
    <section class="card">
      <h2>${t('welcome.how')}</h2>
      <ol class="steps">
        <li><${Icon} name="deeds" /><span>${t('welcome.how_1')}</span></li>
        <li><${Icon} name="check" /><span>${t('welcome.how_2')}</span></li>
        <li><${Icon} name="ticket" /><span>${t('welcome.how_3')}</span></li>
      </ol>
    </section>
    <section class="card never">
      <h2>${t('welcome.never')}</h2>
      <ul>
        <li>${t('welcome.never_1')}</li>
        <li>${t('welcome.never_2')}</li>
        <li>${t('welcome.never_3')}</li>
      </ul>
    </section>`;
}
