// Fields that deeds and benefits share: a title in each of the city's languages, a choice of several.

import { html, newId, useState } from '../../shared/html.js';
import { city } from '../../shared/city.js';
import { Field } from '../../shared/components/field.js';
import { LANGUAGES, t } from '../../shared/strings.js';

/** @param {{titles: Record<string, string>, onInput: (titles: Record<string, string>) => void, errorAt: (...fields: string[]) => any}} props */
export function Titles({ titles, onInput, errorAt }) {
  return html`<fieldset class="part-of-form"><legend>${t('field.titles')}</legend>
    <div class="columns">${city().languages.map((code) => html`<${Field} key=${code} label=${LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (code)]} lang=${code} required maxlength="120"
      value=${titles[code]} onInput=${(/** @type {string} */ text) => onInput({ ...titles, [code]: text })} error=${errorAt(`titles.${code}`)} />`)}</div>
  </fieldset>`;
}

/** @param {{label: string, hint?: string, error?: any, options: [string, string][], chosen: string[], onInput: (chosen: string[]) => void}} props */
export function Several({ label, hint, error, options, chosen, onInput }) {
  const [id] = useState(newId);
  const toggled = (/** @type {string} */ code) => onInput(options.map(([one]) => one).filter((one) => chosen.includes(one) !== (one === code)));
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return html`<fieldset class="part-of-form" aria-describedby=${described}><legend>${label}</legend>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    <div class="ticks">${options.map(([code, words]) => html`<label class="tick" key=${code}><input type="checkbox" checked=${chosen.includes(code)} onChange=${() => toggled(code)} /><span>${words}</span></label>`)}</div>
    ${error && html`<p class="error" id="${id}-error">${error}</p>`}
  </fieldset>`;
}

/** A whole number. @param {any} props as `Field` */
export const NumberField = (props) => html`<${Field} type="number" inputmode="numeric" min="1" step="1" ...${props} />`;
