// What the API calls a field or a value is said in the reader's words, and a refusal with what the charter is about.

import { html } from '../../shared/html.js';
import { date, dateTime, lastDay, money, number, today } from '../../shared/format.js';
import { has, language, t } from '../../shared/strings.js';
import { reasonText } from './reasons.js';

export const DEED_CATEGORIES = ['animals', 'care', 'culture', 'environment', 'health-and-sport', 'learning', 'mobility', 'neighbourhood'];
export const BENEFIT_CATEGORIES = ['animals', 'culture', 'home', 'local-shops', 'mobility', 'sport'];
export const UNITS = ['deed', 'hour', 'item'];
export const EVIDENCE = ['photo', 'event_code', 'organiser'];

/** @param {string} code */
export function categoryName(code) {
  const key = `topic.${code.replaceAll('-', '_')}`;
  return named(key, code);
}

/** @param {string} code */
export const unitName = (code) => t(`unit.${code}`);

/** @param {string} key @param {string} otherwise */
const named = (key, otherwise) => (has(key) ? t(key) : otherwise);

/** "Title (Català)" @param {string} field such as points or titles.ca */
export function fieldName(field) {
  const [name, part] = field.replace(/^title_/, 'titles.').split('.');
  const said = named(`field.${name}`, name);
  return part && !/^\d+$/.test(part) ? `${said} (${part})` : said;
}

/** A value of a deed or a benefit as people read it. @param {string} field @param {any} value */
export function valueOf(field, value) {
  if (field === 'districts' && !value?.length) return t('value.everywhere');
  if (field === 'stock' && value === null) return t('value.unlimited');
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) return t('value.none');
  if (field === 'category') return categoryName(value);
  if (field === 'unit') return unitName(value);
  if (field === 'evidence') return value.map((/** @type {string} */ one) => t(`proof.${one}`)).join(', ');
  if (field === 'review_by' || field === 'paused_until') return date(`${value}T12:00:00Z`);
  if (field === 'opens_at') return dateTime(value);
  if (field === 'closes_at') return lastDay(value);
  if (field === 'value_eur') return money(value);
  if (typeof value === 'boolean') return value ? t('value.yes') : t('value.no');
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'number' ? number(value) : String(value);
}

/** Why a deed can or cannot be done now. @param {Api.DeedItem} deed @returns {'open' | 'paused' | 'lapsed' | 'announced'} */
export function stateOf(deed) {
  if (deed.is_open) return 'open';
  if (deed.paused_until && deed.paused_until >= today()) return 'paused';
  return deed.review_by < today() ? 'lapsed' : 'announced';
}

const KINDS = { open: 'good', paused: 'warning', lapsed: 'bad', announced: '', off: '' };

/** @param {{state: keyof typeof KINDS}} props */
export const StateTag = ({ state }) => html`<span class="tag ${KINDS[state]}">${t(`state.${state}`)}</span>`;

/**
 * What is wrong, for the field that it stands at, in the reader's language; what the API has no other words for as it is.
 * @param {{errors: {field: string, reason: string, rule?: string}[]}} props
 */
export function Reasons({ errors }) {
  return html`${errors.map(({ reason, rule }) => {
    const key = `charter.${rule}`;
    const own = reasonText(reason);
    return html`<span class="reason" key=${reason}>
      ${rule && html`<strong>${t('charter.refused', { rule })}</strong> ${named(key, '')} `}
      <span lang=${own || language() === 'en' ? undefined : 'en'}>${own ?? reason}</span>
    </span>`;
  })}`;
}
