// What the city owes: points by the month in which they end, and vouchers that were bought and not yet used.

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { useAsked } from '../../shared/hooks.js';
import { money, number } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { BarChart } from '../components/chart.js';
import { download } from '../download.js';
import { monthLong, monthShort } from './period.js';
import { Section, Tiles } from './section.js';

export function Outstanding() {
  const asked = useAsked(async (signal) => (await api.get('/liability', { signal })).data, []);
  const csv = () => download(api.get('/liability', { query: { format: 'csv' }, as: 'blob' }), 'outstanding-points.csv');
  return html`<${Section} title=${t('overview.outstanding')} lead=${t('overview.outstanding_lead')} asked=${asked}>${(/** @type {Api.Liability} */ owed) => html`
    <${Tiles} items=${[
      { label: t('overview.outstanding_points'), value: number(owed.points), note: t('overview.worth', { value: money(owed.value_eur) }) },
      { label: t('overview.per_point'), value: money(owed.cents_per_point / 100), note: t('overview.per_point_note') },
      { label: t('overview.vouchers'), value: number(owed.vouchers.count), note: t('overview.worth', { value: money(owed.vouchers.value_eur) }) },
    ]} />
    <${BarChart} title=${t('overview.outstanding_chart')} unit=${t('overview.points_unit')} stepName=${t('overview.ends_in')} onCsv=${csv}
      empty=${t('overview.nothing_outstanding')}
      steps=${months(owed).map(({ month }) => ({ label: monthShort(month), long: monthLong(month) }))}
      series=${[{ name: t('overview.outstanding_points'), values: months(owed).map(({ points }) => points) }]}
      columns=${[{ name: t('overview.value'), values: months(owed).map(({ value_eur: value }) => money(value)) }]} />`}<//>`;
}

/** Every month from the first to the last, since a month without an end is told too. @param {Api.Liability} owed */
function months(owed) {
  const known = new Map(owed.months.map((row) => [row.month, row]));
  const names = [...known.keys()].sort();
  if (!names.length) return [];
  const found = [];
  for (let month = names[0]; month <= names[names.length - 1]; month = next(month)) {
    found.push(known.get(month) ?? { month, points: 0, value_eur: '0' });
  }
  return found;
}

/** @param {string} month */
function next(month) {
  const [year, number] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
