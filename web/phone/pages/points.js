// Points are batches with their last day, and movements with their reason; no total of a life, no rank (charter C11).

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { date, lastDay, points, shortDate } from '../../shared/format.js';
import { useAsked, useOnline } from '../../shared/hooks.js';
import { language, t } from '../../shared/strings.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { useTitles } from '../titles.js';

export default function Points() {
  const isOnline = useOnline();
  const ask = async (/** @type {AbortSignal} */ signal) => (await api.get('/me/points', { signal })).data;
  const { data, error, again } = useAsked(ask, [isOnline], { keep: 'balance' });
  return html`<h1>${t('points.title')}</h1>
    ${data ? html`<${Held} held=${data} />` : error ? html`<${ErrorBox} error=${error} onRetry=${again} />` : html`<${Skeleton} lines=${2} />`}
    <h2 class="section">${t('points.history')}</h2>
    <${History} />`;
}

/** @param {{held: {balance: number, upcoming_expiries: {points: number, expires_at: string}[]}}} props */
function Held({ held }) {
  if (!held.balance) {
    const action = html`<${ButtonLink} href="#/deeds">${t('points.find_deed')}<//>`;
    return html`<${Empty} icon="points" title=${t('points.none')} action=${action}>${t('points.none_text')}<//>`;
  }
  return html`<section class="card stack">
    <p class="held"><span class="quiet">${t('points.to_spend')}</span> <strong class="number">${points(held.balance)}</strong></p>
    <ul class="batches" aria-label=${t('points.batches')}>
      ${held.upcoming_expiries.map((batch) => html`<li key=${batch.expires_at}>
        ${t('points.until', { points: points(batch.points), day: lastDay(batch.expires_at) })}
      </li>`)}
    </ul>
    <p class="hint">${t('points.earliest_first')}</p>
    <${ButtonLink} href="#/benefits" class="wide" icon="ticket">${t('points.spend')}<//>
  </section>`;
}

function History() {
  const [seen, setSeen] = useState(/** @type {any[]} */ ([]));
  const titles = useTitles(seen.map(subjectOf).filter(Boolean));
  const load = async (/** @type {string | undefined} */ cursor) => {
    const { data } = await api.get('/me/points/entries', { query: { cursor, limit: 20 } });
    setSeen((/** @type {any[]} */ before) => [...before, ...data.items]);
    return data;
  };
  return html`<${Paged} label=${t('points.history')} load=${load} deps=${[language()]} keep="entries"
    row=${(/** @type {Api.EntryShown} */ entry) => html`<${Movement} entry=${entry} title=${titles[subjectOf(entry)]} />`}
    empty=${html`<p class="quiet">${t('points.no_history')}</p>`} />`;
}

/** @param {Api.EntryShown} entry */
const subjectOf = (entry) => (entry.deed ? `deed:${entry.deed}` : entry.benefit ? `benefit:${entry.benefit}` : '');

/** @param {{entry: Api.EntryShown, title?: string}} props */
function Movement({ entry, title }) {
  const sign = entry.points > 0 ? '+' : '−';
  return html`<div class="movement">
    <span class="grow"><span class="title">${title ?? entry.reason}</span>
      <span class="quiet">${title ? `${entry.reason} · ` : ''}<time datetime=${entry.at} title=${date(entry.at)}>${shortDate(entry.at)}</time></span></span>
    <span class="amount number ${entry.points > 0 ? 'came' : ''}"><span aria-hidden="true">${sign}${Math.abs(entry.points)}</span>
      <span class="visually-hidden">${t(entry.points > 0 ? 'points.came' : 'points.went', { points: points(Math.abs(entry.points)) })}</span></span>
  </div>`;
}
