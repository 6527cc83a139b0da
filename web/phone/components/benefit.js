// How a benefit is drawn wherever it appears.

import { html } from '../../shared/html.js';
import { t } from '../../shared/strings.js';

/** The categories of benefits, and the icon of each. @type {Record<string, string>} */
export const CATEGORIES = { culture: 'culture', mobility: 'mobility', sport: 'sport', home: 'home', animals: 'animals', 'local-shops': 'shop' };

const FEW = 10;

/** What is left; nothing while only an old answer is there, and nothing where there is no limit. @param {{benefit: Api.BenefitShown, isKept: boolean}} props */
export function Left({ benefit, isKept }) {
  const left = benefit.stock_left;
  if (isKept || left === null) return null;
  if (left === 0) return html`<span class="tag bad">${t('benefits.sold_out')}</span>`;
  return html`<span class=${left <= FEW ? 'tag warning' : 'quiet'}>${t('benefits.left', { n: left })}</span>`;
}
