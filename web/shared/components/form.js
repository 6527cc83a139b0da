// A form is sent once, however often its button is pressed.

import { html, useState } from '../html.js';
import { Button } from './button.js';

/** @param {{act: () => Promise<unknown>, children: any}} props `act` runs when it is sent and all its fields hold */
export function Form({ act, children }) {
  const [isBusy, setBusy] = useState(false);
  async function submitted(/** @type {Event} */ event) {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    try {
      await act();
    } finally {
      setBusy(false);
    }
  }
  return html`<form onSubmit=${submitted} aria-busy=${isBusy ? 'true' : undefined}>${children}</form>`;
}

/** @param {{children: any, kind?: 'primary' | 'danger', icon?: string}} props */
export function Submit({ children, kind, icon }) {
  return html`<${Button} type="submit" class="wide" kind=${kind} icon=${icon}>${children}<//>`;
}
