// The way back has a name: a phone's "back" may lead out of the app.

import { html } from '../../shared/html.js';
import { Icon } from '../../shared/components/icons.js';

/** @param {{to: string, children: any}} props */
export function Back({ to, children }) {
  return html`<a class="back" href="#${to}"><${Icon} name="back" size=${18} /><span>${children}</span></a>`;
}
