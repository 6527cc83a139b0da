// What partners redeemed, by partner and step. Few partners are told apart by colour; the table names them all.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Select } from '../../shared/components/field.js';
import { useAsked } from '../../shared/hooks.js';
import { money, number } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { BarChart, SERIES_MAX } from '../components/chart.js';
import { download } from '../download.js';
import { stepLabel, stepLong } from './period.js';
import { Section, Tiles } from './section.js';

/** @param {{period: import('./period.js').Period}} props */
export function Redemptions({ period }) {
  const [partner, setPartner] = useState('');
  // A row is told only where something was redeemed: which steps there are, the points' overview of the same period tells.
  const load = async (/** @type {AbortSignal} */ signal) => {
    const [{ data }, { data: calendar }] = await Promise.all([api.get('/overview/redemptions', { query: period, signal }), api.get('/overview/points', { query: period, signal })]);
    return { ...data, steps: calendar.items };
  };
  const asked = useAsked(load, [JSON.stringify(period)]);
  const csv = () => download(api.get('/overview/redemptions', { query: { ...period, format: 'csv' }, as: 'blob' }), `redemptions-${period.per}.csv`);
  return html`<${Section} title=${t('overview.redemptions')} asked=${asked}>${(/** @type {Api.RedemptionsOverview & {steps: Api.PointsStep[]}} */ told) => {
    const partners = partnersOf(told.items);
    const rows = told.items.filter((row) => !partner || row.partner === partner);
    return html`<${Tiles} items=${[
        { label: t('overview.redeemed'), value: number(sum(rows, 'redemptions')), note: t('overview.in_period') },
        { label: t('overview.value'), value: money(sum(rows, 'value_eur')), note: t('overview.value_note') },
      ]} />
      ${partners.length > 1 && html`<${Select} label=${t('overview.partner')} value=${partner} onInput=${setPartner} options=${[['', t('overview.all_partners')], ...partners.map(({ code, name }) => [code, name])]} />`}
      <${BarChart} title=${t('overview.redemptions_chart')} unit=${t('overview.redemptions_unit')} stepName=${t(`period.${told.per}`)} isStacked onCsv=${csv}
        steps=${told.steps.map((step) => ({ label: stepLabel(step, told.per), long: stepLong(step, told.per) }))}
        series=${seriesOf(rows, partners.filter(({ code }) => !partner || code === partner), told.steps)} />`;
  }}<//>`;
}

/** @param {any[]} rows @param {string} name */
const sum = (rows, name) => rows.reduce((all, row) => all + Number(row[name]), 0);

/** Those who redeemed anything, the busiest first. @param {any[]} rows @returns {{code: string, name: string}[]} */
function partnersOf(rows) {
  const names = new Map(rows.map((row) => [row.partner, row.partner_name]));
  const many = (/** @type {string} */ code) => sum(rows.filter((row) => row.partner === code), 'redemptions');
  return [...names].map(([code, name]) => ({ code, name })).sort((one, other) => many(other.code) - many(one.code));
}

/** @param {any[]} rows @param {{code: string, name: string}[]} partners @param {{starts_on: string}[]} steps */
function seriesOf(rows, partners, steps) {
  const valuesOf = (/** @type {Set<string>} */ codes) =>
    steps.map(({ starts_on: day }) => sum(rows.filter((row) => row.starts_on === day && codes.has(row.partner)), 'redemptions'));
  const isMany = partners.length > SERIES_MAX;
  const named = isMany ? partners.slice(0, SERIES_MAX - 1) : partners;
  const series = named.map(({ code, name }) => ({ name, values: valuesOf(new Set([code])) }));
  const others = partners.slice(named.length).map(({ code }) => code);
  if (isMany) series.push({ name: t('overview.others', { n: others.length }), values: valuesOf(new Set(others)) });
  return series.length ? series : [{ name: t('overview.redemptions_unit'), values: steps.map(() => 0) }];
}
