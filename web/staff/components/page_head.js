// A page says where it belongs, what it is, and what can be done here.

import { html } from '../../shared/html.js';
import { Icon } from '../../shared/components/icons.js';

/** @param {{title: any, back?: {to: string, label: string}, lead?: any, children?: any}} props `children` are the actions */
export function PageHead({ title, back, lead, children }) {
  return html`<header class="page-head">
    <div class="grow">
      ${back && html`<a class="back" href="#${back.to}"><${Icon} name="back" size=${18} /><span>${back.label}</span></a>`}
      <h1>${title}</h1>
      ${lead && html`<div class="lead">${lead}</div>`}
    </div>
    ${children && html`<div class="row">${children}</div>`}
  </header>`;
}

/** Names and what they stand for. @param {{items: [string, any][]}} props */
export function Facts({ items }) {
  return html`<dl class="facts">${items.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
