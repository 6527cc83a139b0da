// Every version of a rule stays to be read, with what it changed and why, in plain words (charter C19, C20).

import { api } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { html } from '../../shared/html.js';
import { Paged } from '../../shared/components/paged.js';
import { date } from '../../shared/format.js';
import { LANGUAGES, language, t } from '../../shared/strings.js';
import { Back } from '../components/back.js';
import { accessName, categoryName, duration, evidenceName } from '../components/deed_words.js';
import { useDeed, useDistricts } from '../components/known.js';

/** @param {{code: string}} props */
export default function DeedHistory({ code }) {
  const { data: deed } = useDeed(code);
  const names = new Map(useDistricts().map(({ code, name }) => [code, name]));
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/deeds/{code}/versions', { path: { code }, query: { cursor } })).data;
  return html`<${Back} to="/deeds/${code}">${deed?.title ?? t('home.all_deeds')}<//>
    <h1>${t('history.title')}</h1>
    <p class="quiet">${t('history.text')}</p>
    <${Paged} label=${t('history.title')} load=${load} keyOf=${(/** @type {Api.DeedVersionItem} */ one) => one.version} deps=${[code, language()]}
      row=${(/** @type {Api.DeedVersionItem} */ one) => html`<${Version} one=${one} names=${names} />`} />`;
}

/** @param {{one: Api.DeedVersionItem, names: Map<string, string>}} props */
function Version({ one, names }) {
  const isAnnounced = new Date(one.in_force_from) > now();
  const day = date(one.in_force_from);
  return html`<article class="card">
    <h2>${t('history.version', { n: one.version })}${isAnnounced && html` <span class="tag warning">${t('history.announced')}</span>`}</h2>
    <p class="quiet">${isAnnounced ? t('history.will', { day }) : t('history.since', { day })}</p>
    <p>${one.reason}</p>
    ${one.changes.length > 0 && html`<ul>${one.changes.map((change) => html`<li key=${change.field}>${told(change, one, names)}</li>`)}</ul>`}
  </article>`;
}

/** @param {Api.Difference} change @param {Api.DeedVersionItem} version @param {Map<string, string>} names of districts */
function told({ field, before, after }, version, names) {
  const [name, of] = field.split('.');
  const value = (/** @type {any} */ one) => shown(name, one, version, names);
  if (name === 'titles') return t('change.titles', { language: LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (of)] ?? of, before, after });
  if (name === 'paused_until') return after ? t('change.paused', { day: value(after) }) : t('change.resumed');
  if (name === 'purpose' || name === 'source') return t(`change.${name}`, { after: after ?? '' });
  return t('change.from_to', { what: t(`change.${name}`), before: value(before), after: value(after) });
}

/** @param {string} name @param {any} value @param {Api.DeedVersionItem} version @param {Map<string, string>} names */
function shown(name, value, { unit }, names) {
  if (name === 'category') return categoryName(value);
  if (name === 'evidence') return value.map(evidenceName).join(', ');
  if (name === 'access') return value.map(accessName).join(', ') || t('change.none');
  if (name === 'districts') return value.map((/** @type {string} */ code) => names.get(code) ?? code).join(', ') || t('district.all');
  if (name === 'review_by' || name === 'paused_until') return date(value);
  if (name === 'minutes') return duration(value);
  if (name.startsWith('max_') && unit === 'hour') return duration(value * 60);
  return value;
}
