// Two may change the same thing at once: who comes second sees what the first changed, and keeps what they typed.

import { html } from '../../shared/html.js';
import { Banner } from '../../shared/components/notice.js';
import { t } from '../../shared/strings.js';
import { Difference } from './difference.js';

const same = (/** @type {any} */ one, /** @type {any} */ other) => JSON.stringify(one) === JSON.stringify(other);
const isNested = (/** @type {any} */ value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** A draft on top of what is there now: what was not touched is as the other left it. @param {any} typed @param {any} before @param {any} now @returns {any} */
export const onTop = (typed, before, now) =>
  Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, isNested(value) ? onTop(value, before[name], now[name]) : same(value, before[name]) ? now[name] : value]));

/** What differs between a benefit as it was seen and as it is, as the API tells it of a deed. @param {any} before @param {any} now */
export function changesOf(before, now) {
  const [old, found] = [told(before), told(now)];
  return Object.keys(found)
    .filter((field) => !same(old[field], found[field]))
    .map((field) => ({ field, before: old[field], after: found[field] }));
}

/** @param {any} benefit @returns {Record<string, any>} */
function told({ titles, partner, category, price_points, value_eur, max_per_person_per_year, voucher_days, opens_at, closes_at, source, is_published }) {
  const named = Object.fromEntries(Object.entries(titles).map(([language, title]) => [`titles.${language}`, title]));
  return { ...named, partner: partner.name, category, price_points, value_eur, max_per_person_per_year, voucher_days, opens_at, closes_at, source, is_published };
}

/** @typedef {{changes: any[], reason?: string, version?: number}} News */

/** What others published since it was seen. @param {{news: News[]}} props nothing where there is none */
export function Meanwhile({ news }) {
  if (!news.length) return null;
  return html`<${Banner} kind="bad"><p><strong>${t('meanwhile.title')}</strong> ${t('meanwhile.text')}</p><//>
    ${news.map(({ changes, reason, version }) => html`<div class="meanwhile" key=${version}>
      ${reason && html`<p><strong>${t('deed.version', { n: version })}</strong> <q>${reason}</q></p>`}
      <${Difference} changes=${changes} label=${t('meanwhile.title')} />
    </div>`)}`;
}
