// How many or how long, by two large buttons: no keyboard comes up, and nothing that is not possible can be entered.

import { html } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { t } from '../../shared/strings.js';

/** @param {{label: string, hint?: string, value: number, step: number, max: number, shown: (value: number) => string, onInput: (value: number) => void}} props */
export function Stepper({ label, hint, value, step, max, shown, onInput }) {
  const by = (/** @type {number} */ change) => () => onInput(Math.min(max, Math.max(step, value + change)));
  return html`<fieldset class="field">
    <legend>${label}</legend>
    ${hint && html`<p class="hint">${hint}</p>`}
    <div class="stepper">
      <${Button} kind="quiet" icon="minus" label=${t('stepper.less')} disabled=${value <= step} onClick=${by(-step)} />
      <output aria-live="polite">${shown(value)}</output>
      <${Button} kind="quiet" icon="plus" label=${t('stepper.more')} disabled=${value >= max} onClick=${by(step)} />
    </div>
  </fieldset>`;
}
