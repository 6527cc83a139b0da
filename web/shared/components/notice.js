// What is missing, waiting or wrong is said in words, with what to do next.

import { html } from '../html.js';
import { problemText } from '../problems.js';
import { t } from '../strings.js';
import { Button } from './button.js';
import { Icon } from './icons.js';

/** @param {{kind?: 'info' | 'good' | 'warning' | 'bad', icon?: string, action?: any, children: any}} props */
export function Banner({ kind = 'info', icon, action, children }) {
  const picture = icon ?? { info: 'info', good: 'check', warning: 'warning', bad: 'warning' }[kind];
  return html`<div class="banner ${kind}" role=${kind === 'bad' ? 'alert' : undefined}>
    <${Icon} name=${picture} />
    <div class="grow">${children}</div>
    ${action}
  </div>`;
}

/** @param {{error: unknown, onRetry?: () => void}} props nothing where there is no error */
export function ErrorBox({ error, onRetry }) {
  if (!error) return null;
  const again = onRetry && html`<${Button} kind="quiet" onClick=${onRetry}>${t('try_again')}<//>`;
  return html`<${Banner} kind="bad" action=${again}><p>${problemText(error)}</p><//>`;
}

/** @param {{icon?: string, title: string, children?: any, action?: any}} props */
export function Empty({ icon = 'deeds', title, children, action }) {
  return html`<div class="empty">
    <${Icon} name=${icon} size=${40} />
    <p class="title">${title}</p>
    ${children && html`<p class="quiet">${children}</p>`}
    ${action}
  </div>`;
}

/** The shape of what is coming. @param {{lines?: number}} props */
export function Skeleton({ lines = 3 }) {
  return html`<div class="skeleton" role="status" aria-label=${t('loading')}>${Array.from({ length: lines }, (_, n) => html`<span key=${n}></span>`)}</div>`;
}

/** @param {{share?: number, label: string}} props from 0 to 1; without `share` nobody knows how far it is */
export function Progress({ share, label }) {
  const known = share === undefined ? {} : { value: share, max: 1 };
  return html`<div class="progress"><progress aria-label=${label} ...${known}></progress><span class="quiet">${label}</span></div>`;
}
