// How the office keeps up: what waits, what was decided, how long people waited.

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { useAsked } from '../../shared/hooks.js';
import { date, number } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { BarChart } from '../components/chart.js';
import { download } from '../download.js';
import { stepsOf } from './period.js';
import { Section, Tiles } from './section.js';

/** @param {{period: import('./period.js').Period}} props */
export function Review({ period }) {
  const asked = useAsked(async (signal) => (await api.get('/overview/review', { query: period, signal })).data, [JSON.stringify(period)]);
  const csv = () => download(api.get('/overview/review', { query: { ...period, format: 'csv' }, as: 'blob' }), `review-${period.per}.csv`);
  return html`<${Section} title=${t('overview.review')} asked=${asked}>${(/** @type {Api.ReviewOverview} */ told) => {
    const { totals, items } = told;
    return html`<${Tiles} items=${[
        { label: t('overview.waiting'), value: number(told.waiting), ...waitingNote(told) },
        { label: t('overview.decided'), value: number(totals.decided), note: totals.by_rule ? t('overview.by_rule', { n: totals.by_rule }) : t('overview.in_period') },
        { label: t('overview.declined'), value: number(totals.declined), note: totals.decided ? t('overview.share', { share: share(totals.declined, totals.decided) }) : null },
        { label: t('overview.median'), value: median(totals), note: medianNote(totals) },
      ]} />
      <${BarChart} title=${t('overview.review_chart')} unit=${t('overview.decisions')} stepName=${t(`period.${told.per}`)} steps=${stepsOf(told)} isStacked onCsv=${csv}
        series=${[
          { name: t('overview.approved'), values: items.map((step) => step.approved) },
          { name: t('overview.declined'), values: items.map((step) => step.declined) },
        ]}
        columns=${[
          ...(/** @type {const} */ (['asked', 'reversed']).map((name) => ({ name: t(`overview.${name}`), values: items.map((step) => number(step[name])) }))),
          { name: t('overview.median'), values: items.map(median) },
        ]} />`;
  }}<//>`;
}

/** @param {Api.ReviewOverview} told */
function waitingNote(told) {
  if (!told.oldest_queued_at) return { note: t('overview.none_waits') };
  if (told.overdue) return { note: t('overview.overdue', { n: told.overdue }), isBad: true };
  return { note: t('overview.oldest', { day: date(told.oldest_queued_at) }) };
}

/** @param {any} totals */
function medianNote(totals) {
  if (totals.median_hours !== null) return t('overview.median_note');
  return byPeople(totals) ? t('overview.withheld') : t('overview.nothing_decided');
}

const share = (/** @type {number} */ part, /** @type {number} */ all) => `${number(Math.round((part / all) * 100))} %`;

/** How many a person decided: what a rule approved did not wait. @param {any} step */
const byPeople = ({ decided, by_rule }) => decided - by_rule;

/** Hours as people say them. @param {any} step */
function median(step) {
  const { median_hours: hours } = step;
  if (hours === null) return byPeople(step) ? t('overview.is_withheld') : t('overview.none');
  return hours < 48 ? t('overview.hours', { n: hours }) : t('overview.days', { n: Math.round(hours / 2.4) / 10 });
}
