// A page below another says where it leads back to, before its heading.

import { html } from '../../shared/html.js';
import { Icon } from '../../shared/components/icons.js';

/** @param {{to: string, children: any}} props */
export function Back({ to, children }) {
  return html`<a class="back" href="#${to}"><${Icon} name="back" size=${20} /><span>${children}</span></a>`;
}
