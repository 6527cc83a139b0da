// What was done is said at the foot of the page, for long enough to take it back.

import { html, useEffect, useState } from '../html.js';
import { t } from '../strings.js';
import { Button } from './button.js';

/** @typedef {{id: number, text: string, undo?: () => unknown, undoLabel?: string, ms: number}} Told */

let last = 0;

/**
 * Say something for a while.
 * @param {string} text
 * @param {{undo?: () => unknown, undoLabel?: string, seconds?: number}} [options]
 */
export function toast(text, { undo, undoLabel, seconds = undo ? 10 : 5 } = {}) {
  const told = { id: (last += 1), text, undo, undoLabel, ms: seconds * 1000 };
  dispatchEvent(new CustomEvent('bonafeta:toast', { detail: told }));
}

/** Where toasts appear; once per page. */
export function Toasts() {
  const [told, setTold] = useState(/** @type {Told[]} */ ([]));
  const drop = (/** @type {number} */ id) => setTold((/** @type {Told[]} */ all) => all.filter((one) => one.id !== id));
  useEffect(() => {
    const heard = (/** @type {any} */ { detail }) => {
      setTold((/** @type {Told[]} */ all) => [...all.slice(-2), detail]);
      setTimeout(() => drop(detail.id), detail.ms);
    };
    addEventListener('bonafeta:toast', heard);
    return () => removeEventListener('bonafeta:toast', heard);
  }, []);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${told.map(
      ({ id, text, undo, undoLabel }) => html`<div class="toast" key=${id}>
        <p>${text}</p>
        ${undo && html`<${Button} kind="bare" icon="undo" onClick=${() => (drop(id), undo())}>${undoLabel ?? t('undo')}<//>`}
        <${Button} kind="bare" icon="cross" label=${t('close')} onClick=${() => drop(id)} />
      </div>`,
    )}
  </div>`;
}
