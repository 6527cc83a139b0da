// Each part of the overview asks for itself: one that fails leaves the others be.

import { html } from '../../shared/html.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';

/** @param {{title: string, asked: {data: any, error: unknown, again: () => void}, lead?: any, children: (data: any) => any}} props */
export function Section({ title, asked, lead, children }) {
  const { data, error, again } = asked;
  return html`<section class="card part">
    <header><h2>${title}</h2>${lead && html`<p class="quiet">${lead}</p>`}</header>
    <${ErrorBox} error=${error} onRetry=${again} />
    ${!data && !error && html`<${Skeleton} lines=${4} />`}
    ${data && !error && children(data)}
  </section>`;
}

/** The few numbers that matter most. @param {{items: {label: string, value: any, note?: any, isBad?: boolean}[]}} props */
export function Tiles({ items }) {
  return html`<dl class="tiles">${items.map(({ label, value, note, isBad }) => html`<div key=${label}>
    <dt>${label}</dt><dd class="value number">${value}</dd>${note && html`<dd class=${isBad ? 'note bad' : 'note'}>${note}</dd>`}
  </div>`)}</dl>`;
}
