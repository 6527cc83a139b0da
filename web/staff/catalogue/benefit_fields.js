// What a benefit says, field by field.

import { html } from '../../shared/html.js';
import { Field, Select } from '../../shared/components/field.js';
import { t } from '../../shared/strings.js';
import { codeOf } from '../every.js';
import { NumberField, Titles } from './parts.js';
import { BENEFIT_CATEGORIES, categoryName } from './words.js';

/** @param {{draft: any, isNew: boolean, partners: {code: string, name: string}[], errorAt: (...fields: string[]) => any, onInput: (some: object) => void}} props */
export function BenefitFields({ draft, isNew, partners, errorAt, onInput }) {
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => onInput({ [name]: value });
  const field = (/** @type {string} */ name, /** @type {string} */ called = name) => ({ label: t(`field.${called}`), value: draft[name], onInput: set(name), error: errorAt(called) });
  const first = (/** @type {Record<string, string>} */ titles) => Object.values(titles).find(Boolean) ?? '';
  const isOwn = draft.code === codeOf(first(draft.titles));
  const titled = (/** @type {Record<string, string>} */ titles) => onInput({ titles, ...(isNew && isOwn ? { code: codeOf(first(titles)) } : {}) });
  return html`
    <section class="card">
      <h2>${t('benefit.what')}</h2>
      <${Titles} titles=${draft.titles} onInput=${titled} errorAt=${errorAt} />
      <div class="columns">
        <${Select} ...${field('category')} options=${BENEFIT_CATEGORIES.map((code) => [code, categoryName(code)])} />
        <${Select} ...${field('partner')} required options=${partners.map(({ code, name }) => [code, name])} />
        ${isNew && html`<${Field} ...${field('code')} error=${isOwn && errorAt('titles') ? undefined : errorAt('code')} hint=${t('field.code_hint')} required maxlength="60" pattern="[a-z0-9]+(-[a-z0-9]+)*" />`}
      </div>
      <${Field} ...${field('source')} hint=${t('field.optional')} maxlength="300" />
    </section>
    <section class="card">
      <h2>${t('benefit.costs')}</h2>
      <div class="columns">
        <${NumberField} ...${field('price_points')} required />
        <${Field} ...${field('value_eur')} hint=${t('field.value_eur_hint')} required inputmode="decimal" pattern="[0-9]{1,6}([.,][0-9]{1,2})?" />
        ${isNew && html`<${NumberField} ...${field('stock')} hint=${t('field.stock_hint')} min="0" max="10000000" />`}
        <${NumberField} ...${field('max_per_person_per_year')} hint=${t('field.per_person_hint')} max="1000" />
        <${NumberField} ...${field('voucher_days')} required max="3660" />
      </div>
    </section>
    <section class="card">
      <h2>${t('benefit.window')}</h2>
      <p class="hint">${t('benefit.window_hint')}</p>
      <div class="columns">
        <${Field} type="date" ...${field('opens', 'opens_at')} />
        <${Field} type="date" ...${field('closes', 'closes_at')} min=${draft.opens || undefined} />
      </div>
    </section>`;
}
