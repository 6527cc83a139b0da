// Which part of the calendar is looked at stands in the address, so that it can be kept, sent and gone back to.

import { html, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { Field, Select } from '../../shared/components/field.js';
import { Form } from '../../shared/components/form.js';
import { today } from '../../shared/format.js';
import { go } from '../../shared/router.js';
import { locale, t } from '../../shared/strings.js';

/** @typedef {{per: 'day' | 'week' | 'month', from?: string, to?: string}} Period as the API is asked; it knows how long a usual one is */

/** @param {URLSearchParams} query @returns {Period} */
export function periodOf(query) {
  const per = /** @type {const} */ (['day', 'week', 'month']).find((one) => one === query.get('per')) ?? 'day';
  const from = query.get('from') ?? undefined;
  const to = query.get('to') ?? undefined;
  return { per, from, to };
}

/** A local day at noon, so that its name is the same everywhere. @param {string} day */
const noon = (day) => new Date(`${day}T12:00:00Z`);
const written = (/** @type {Intl.DateTimeFormatOptions} */ style, /** @type {string} */ day) =>
  new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', ...style }).format(noon(day));

/** "23 Nov" or "Nov 26" @param {{starts_on: string}} step @param {string} per */
export const stepLabel = ({ starts_on: day }, per) =>
  written(per === 'month' ? { month: 'short', year: '2-digit' } : { day: 'numeric', month: 'short' }, day);

/** "23 November 2026", "16–22 Nov 2026", "November 2026" @param {{starts_on: string, ends_on: string}} step @param {string} per */
export function stepLong({ starts_on: first, ends_on: last }, per) {
  if (per === 'month') return written({ month: 'long', year: 'numeric' }, first);
  if (per === 'day') return written({ dateStyle: 'full' }, first);
  const style = /** @type {const} */ ({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return new Intl.DateTimeFormat(locale(), style).formatRange(noon(first), noon(last));
}

/** "November 2026" @param {string} month "2026-11" */
export const monthLong = (month) => written({ month: 'long', year: 'numeric' }, `${month}-01`);

/** "Nov 26" @param {string} month */
export const monthShort = (month) => written({ month: 'short', year: '2-digit' }, `${month}-01`);

/** @param {{items: any[], per: string}} told @returns {{label: string, long: string}[]} */
export const stepsOf = ({ items, per }) => items.map((step) => ({ label: stepLabel(step, per), long: stepLong(step, per) }));

/** @param {{period: Period}} props */
export function PeriodChooser({ period }) {
  const [isOwn, setOwn] = useState(Boolean(period.from));
  const [from, setFrom] = useState(period.from ?? `${today().slice(0, 4)}-01-01`);
  const [to, setTo] = useState(period.to ?? today());
  const [per, setPer] = useState(period.from ? period.per : 'month');
  const options = [...['day', 'week', 'month'].map((one) => [one, t(`period.last_${one}`)]), ['own', t('period.own')]];
  const chosen = (/** @type {string} */ one) => {
    setOwn(one === 'own');
    if (one !== 'own') go(`/overview?per=${one}`, { replace: true });
  };
  return html`<div class="period">
    <${Select} label=${t('period.label')} value=${isOwn ? 'own' : period.per} options=${options} onInput=${chosen} />
    ${isOwn && html`<${Form} act=${async () => go(`/overview?per=${per}&from=${from}&to=${to}`, { replace: true })}>
      <div class="row">
        <${Field} type="date" label=${t('period.from')} required max=${to} value=${from} onInput=${setFrom} />
        <${Field} type="date" label=${t('period.to')} required min=${from} value=${to} onInput=${setTo} />
        <${Select} label=${t('period.per')} value=${per} options=${['day', 'week', 'month'].map((one) => [one, t(`period.${one}`)])} onInput=${setPer} />
        <${Button} type="submit" kind="quiet">${t('period.show')}<//>
      </div>
    <//>`}
  </div>`;
}
