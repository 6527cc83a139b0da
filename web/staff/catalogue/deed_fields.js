// What a deed says, field by field; a refusal of the charter stands at the field that it is about.

import { html } from '../../shared/html.js';
import { Field, Select, TextArea } from '../../shared/components/field.js';
import { t } from '../../shared/strings.js';
import { codeOf } from '../every.js';
import { NumberField, Several, Titles } from './parts.js';
import { DEED_CATEGORIES, EVIDENCE, UNITS, categoryName, unitName } from './words.js';

/**
 * @param {{draft: any, isNew: boolean, districts: {code: string, name: string}[], errorAt: (...fields: string[]) => any,
 *   onInput: (some: object) => void}} props
 */
export function DeedFields({ draft, isNew, districts, errorAt, onInput }) {
  const set = (/** @type {string} */ name) => (/** @type {any} */ value) => onInput({ [name]: value });
  const field = (/** @type {string} */ name) => ({ label: t(`field.${name}`), value: draft[name], onInput: set(name), error: errorAt(name) });
  const titled = (/** @type {Record<string, string>} */ titles) => onInput({ titles, ...(isNew && isOwn(draft) ? { code: codeOf(first(titles)) } : {}) });
  return html`
    <section class="card">
      <h2>${t('deed.what')}</h2>
      <${Titles} titles=${draft.titles} onInput=${titled} errorAt=${errorAt} />
      <div class="columns">
        <${Select} ...${field('category')} options=${DEED_CATEGORIES.map((code) => [code, categoryName(code)])} />
        ${isNew && html`<${Field} ...${field('code')} error=${isOwn(draft) && errorAt('titles') ? undefined : errorAt('code')} hint=${t('field.code_hint')} required maxlength="60" pattern="[a-z0-9]+(-[a-z0-9]+)*" />`}
      </div>
      <${TextArea} ...${field('purpose')} hint=${t('field.purpose_hint')} required maxlength="300" rows="2" />
      <${Field} ...${field('source')} hint=${t('field.optional')} maxlength="300" />
    </section>
    <section class="card">
      <h2>${t('deed.earns')}</h2>
      <div class="columns">
        <${NumberField} ...${field('points')} required max="1000" />
        <${Select} ...${field('unit')} hint=${isNew ? undefined : t('field.unit_hint')} disabled=${!isNew} options=${UNITS.map((code) => [code, unitName(code)])} />
        <${NumberField} ...${field('max_per_day')} required max="1000" />
        <${NumberField} ...${field('max_per_year')} required max="100000" />
        <${NumberField} ...${field('minutes')} required max="100000" />
        <${Field} ...${field('review_by')} hint=${t('field.review_by_hint')} type="date" required />
      </div>
      <${Several} label=${t('field.evidence')} hint=${t('field.evidence_hint')} error=${errorAt('evidence')} chosen=${draft.evidence} onInput=${set('evidence')} options=${EVIDENCE.map((code) => [code, t(`proof.${code}`)])} />
    </section>
    <section class="card">
      <h2>${t('deed.where')}</h2>
      <${Field} ...${field('access')} hint=${t('field.access_hint')} />
      ${districts.length > 0 && html`<${Several} label=${t('field.districts')} hint=${t('field.districts_hint')} error=${errorAt('districts')} chosen=${draft.districts} onInput=${set('districts')} options=${districts.map(({ code, name }) => [code, name])} />`}
    </section>`;
}

const first = (/** @type {Record<string, string>} */ titles) => Object.values(titles).find(Boolean) ?? '';

/** Whether the code is still the one that the title gave. @param {any} draft */
const isOwn = (draft) => draft.code === codeOf(first(draft.titles));
