// A field has a label that stays, a hint before and an error after it, and a reader hears all three.

import { html, newId, useState } from '../html.js';
import { today } from '../format.js';

/**
 * @param {{label: string, hint?: string, error?: string, children: (props: object) => any}} props
 *   `children` draws the control from `{id, 'aria-describedby', 'aria-invalid'}`
 */
export function Labelled({ label, hint, error, children }) {
  const [id] = useState(newId);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${children({ id, 'aria-describedby': described, 'aria-invalid': error ? 'true' : undefined })}
    ${error && html`<p class="error" id="${id}-error">${error}</p>`}
  </div>`;
}

/**
 * One line. Whatever else is given (`type`, `autocomplete`, `inputmode`, `required`, `maxlength`) goes to the input.
 * @param {{label: string, hint?: string, error?: string, value: string, onInput: (value: string) => void, [other: string]: any}} props
 */
export function Field({ label, hint, error, value, onInput, ...others }) {
  return html`<${Labelled} label=${label} hint=${hint} error=${error}>
    ${(/** @type {any} */ props) => html`<input value=${value} onInput=${(/** @type {any} */ event) => onInput(event.target.value)} ...${props} ...${others} />`}
  <//>`;
}

/** Several lines. @param {any} props as `Field` */
export function TextArea({ label, hint, error, value, onInput, rows = 3, ...others }) {
  return html`<${Labelled} label=${label} hint=${hint} error=${error}>
    ${(/** @type {any} */ props) => html`<textarea rows=${rows} value=${value} onInput=${(/** @type {any} */ event) => onInput(event.target.value)} ...${props} ...${others} />`}
  <//>`;
}

/** @param {any} props as `Field`, with `options`: [value, words] each */
export function Select({ label, hint, error, value, onInput, options, ...others }) {
  return html`<${Labelled} label=${label} hint=${hint} error=${error}>
    ${(/** @type {any} */ props) => html`<select value=${value} onChange=${(/** @type {any} */ event) => onInput(event.target.value)} ...${props} ...${others}>
      ${options.map((/** @type {[string, string]} */ [code, words]) => html`<option key=${code} value=${code} selected=${code === value}>${words}</option>`)}
    </select>`}
  <//>`;
}

/** A day of the city, as "2026-11-23". @param {any} props as `Field`; `max` is today unless told otherwise */
export function DateField({ max = today(), ...props }) {
  return html`<${Field} type="date" max=${max} ...${props} />`;
}

/** @param {{label: any, checked: boolean, onInput: (checked: boolean) => void, [other: string]: any}} props */
export function Checkbox({ label, checked, onInput, ...others }) {
  return html`<label class="tick"><input type="checkbox" checked=${checked} onChange=${(/** @type {any} */ event) => onInput(event.target.checked)} ...${others} /><span>${label}</span></label>`;
}
