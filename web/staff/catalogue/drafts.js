// What stands in the fields of a form is text; the API gets numbers, lists and instants. Here is the way there and back.

import { city } from '../../shared/city.js';
import { instant, today } from '../../shared/format.js';

const DEED_NUMBERS = ['points', 'max_per_day', 'max_per_year', 'minutes'];
const BENEFIT_NUMBERS = ['price_points', 'max_per_person_per_year', 'voucher_days'];

/** A title in a language that the city has no longer stays as it is. */
const titlesOf = (/** @type {any} */ item) => ({ ...item?.titles, ...Object.fromEntries(city().languages.map((code) => [code, item?.titles[code] ?? ''])) });
const texts = (/** @type {string[]} */ names, /** @type {any} */ item) => Object.fromEntries(names.map((name) => [name, item?.[name]?.toString() ?? '']));
/** What is no number the API refuses at its field. @param {string[]} names @param {any} draft @returns {any} */
const numbersOf = (names, draft) => Object.fromEntries(names.map((name) => [name, whole(draft[name])]));
const whole = (/** @type {string} */ text) => (text === '' ? null : Number(text));
const dayOf = (/** @type {string | null | undefined} */ at, last = false) => (at ? today(new Date(new Date(at).getTime() - (last ? 1 : 0))) : '');

/** @param {string} day @param {number} days */
export function dayAfter(day, days = 1) {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The first whole day that begins at this instant or after it. @param {string} at */
export const firstDayFrom = (at) => (new Date(instant(today(new Date(at)), '00:00')) >= new Date(at) ? today(new Date(at)) : dayAfter(today(new Date(at))));

/** @param {Api.DeedItem} [deed] as the API has it; without one a new deed begins */
export const deedDraft = (deed) => ({
  code: deed?.code ?? '',
  category: deed?.category ?? 'environment',
  titles: titlesOf(deed),
  unit: deed?.unit ?? 'deed',
  ...texts([...DEED_NUMBERS, 'purpose', 'source'], deed),
  evidence: deed?.evidence ?? ['photo'],
  access: deed?.access.join(', ') ?? '',
  districts: deed?.districts ?? [],
  review_by: deed?.review_by ?? dayAfter(today(), 365),
  paused_until: deed?.paused_until ?? null,
});

/** The rule that a draft of a deed states, as the API takes it. @param {any} draft */
export function deedRule(draft) {
  const { category, titles, unit, evidence, districts, purpose, review_by, paused_until } = draft;
  const access = draft.access.split(/[,;\s]+/).filter(Boolean);
  return { category, titles, unit, ...numbersOf(DEED_NUMBERS, draft), evidence, access, districts, purpose, review_by, source: draft.source.trim() || null, paused_until };
}

/** @param {Api.BenefitShown} [benefit] */
export const benefitDraft = (benefit) => ({
  code: '',
  category: 'culture',
  partner: benefit?.partner.code ?? '',
  titles: titlesOf(benefit),
  ...texts([...BENEFIT_NUMBERS, 'value_eur', 'source'], benefit),
  stock: '',
  ...(benefit ? { code: benefit.code, category: benefit.category } : {}),
  opens: dayOf(benefit?.opens_at),
  closes: dayOf(benefit?.closes_at, true),
});

/** The terms that a draft of a benefit states; a window that was not touched stays to the minute. @param {any} draft @param {Api.BenefitShown} [benefit] */
export function benefitTerms(draft, benefit) {
  const before = benefit && benefitDraft(benefit);
  const { category, partner, titles, value_eur } = draft;
  const stock = benefit ? {} : { stock: whole(draft.stock) };
  const at = (/** @type {'opens' | 'closes'} */ name, /** @type {string} */ day) =>
    before && before[name] === draft[name] ? benefit[/** @type {const} */ (`${name}_at`)] : draft[name] ? instant(day, '00:00') : null;
  const window = { opens_at: at('opens', draft.opens), closes_at: at('closes', draft.closes && dayAfter(draft.closes)) };
  return { category, partner, titles, ...numbersOf(BENEFIT_NUMBERS, draft), value_eur: value_eur.replace(',', '.'), ...stock, ...window, source: draft.source.trim() || null };
}
