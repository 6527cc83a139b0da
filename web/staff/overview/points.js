// What became of the points: issued, spent and expired in the period, of all residents together and never of one.

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { useAsked } from '../../shared/hooks.js';
import { number } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { BarChart } from '../components/chart.js';
import { download } from '../download.js';
import { stepsOf } from './period.js';
import { Section, Tiles } from './section.js';

const SHOWN = /** @type {const} */ (['issued', 'spent', 'expired']);
const IN_THE_TABLE = /** @type {const} */ (['returned', 'taken_back', 'donated']);

/** @param {{period: import('./period.js').Period}} props */
export function Points({ period }) {
  const asked = useAsked(async (signal) => (await api.get('/overview/points', { query: period, signal })).data, [JSON.stringify(period)]);
  const csv = () => download(api.get('/overview/points', { query: { ...period, format: 'csv' }, as: 'blob' }), `points-${period.per}.csv`);
  return html`<${Section} title=${t('overview.points')} asked=${asked}>${(/** @type {Api.PointsOverview} */ told) => {
    const valuesOf = (/** @type {keyof Api.PointsMoved} */ name) => told.items.map((step) => step[name]);
    return html`<${Tiles} items=${/** @type {const} */ ([...SHOWN, 'returned']).map((name) => ({ label: t(`overview.${name}`), value: number(told.totals[name]), note: t(`overview.${name}_note`) }))} />
      <${BarChart} title=${t('overview.points_chart')} unit=${t('overview.points_unit')} stepName=${t(`period.${told.per}`)} steps=${stepsOf(told)} onCsv=${csv}
        series=${SHOWN.map((name) => ({ name: t(`overview.${name}`), values: valuesOf(name) }))}
        columns=${IN_THE_TABLE.map((name) => ({ name: t(`overview.${name}`), values: valuesOf(name).map(number) }))} />`;
  }}<//>`;
}
