// The queue tells what waits, since when and until when it is promised, and the next case is one key away.

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Select } from '../../shared/components/field.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { number, points, shortDate } from '../../shared/format.js';
import { useAsked, useOutbox } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { Key, KeysHelp, useKeys } from '../components/keys.js';
import { Refused } from '../components/refused.js';
import { CASE, takeBack } from '../decisions.js';
import { filtersOf, pathWith, wishOf } from '../wishes.js';
import { DEED_CATEGORIES, categoryName } from '../catalogue/words.js';

const PAGE = 50;
const DAY_S = 86_400;

/** @param {{query: URLSearchParams}} props */
export default function QueuePage({ query }) {
  const filters = filtersOf(query);
  const chosen = JSON.stringify(filters);
  const ask = async (/** @type {string | undefined} */ cursor, /** @type {AbortSignal | undefined} */ signal) =>
    (await api.get('/review-queue', { query: { ...wishOf(filters), limit: PAGE, cursor }, signal })).data;
  const isFiltered = Object.values(filters).some(Boolean);
  const asked = useAsked((signal) => ask(undefined, signal), [chosen], { keep: isFiltered ? undefined : 'queue' });
  const first = asked.data;
  useOutbox(() => asked.again());

  const next = () => go(pathWith(CASE, filters));
  const filter = (/** @type {Partial<import('../wishes.js').Filters>} */ change) => go(pathWith('/queue', { ...filters, ...change }), { replace: true });
  useKeys({
    n: next,
    f: () => document.querySelector('select')?.focus(),
    u: () => takeBack(),
  });

  const keys = html`<${KeysHelp} keys=${keysOf()} />`;
  if (asked.error && !first) return html`<h1>${t('nav.queue')}</h1><${ErrorBox} error=${asked.error} onRetry=${asked.again} />`;
  if (!first) return html`<h1>${t('nav.queue')}</h1><${Skeleton} />`;
  const mine = first.items.some(({ leased_by_me }) => leased_by_me);
  return html`<header class="row"><h1 class="grow">${t('nav.queue')}</h1>${keys}</header>
    <${Refused} />
    <${ErrorBox} error=${asked.error} onRetry=${asked.again} />
    <${Tiles} first=${first} />
    ${first.waiting > 0 &&
    html`<div class="row next">
        ${first.matching > 0 && html`<${Button} icon="next" aria-keyshortcuts="n" onClick=${next}>${mine ? t('queue.go_on') : t('queue.next')} <${Key}>N<//><//>`}
        ${filters.event && first.matching > 0 && html`<${ButtonLink} kind="quiet" href="#/queue/events/${filters.event}">${t('queue.whole_event', { n: first.matching })}<//>`}
      </div>
      <${Filters} filters=${filters} items=${first.items} onChange=${filter} />`}
    ${isFiltered && first.waiting > 0 && html`<p role="status">${t('queue.matching', { n: first.matching, all: first.waiting })} <${Button} kind="bare" onClick=${() => go('/queue', { replace: true })}>${t('queue.clear')}<//></p>`}
    ${first.waiting === 0
      ? html`<${Empty} icon="check" title=${t('queue.empty')}>${t('queue.empty_text')}<//>`
      : html`<${Paged} label=${t('nav.queue')} keyOf=${(/** @type {Api.QueueItem} */ { submission }) => submission} deps=${[first]} row=${(/** @type {Api.QueueItem} */ item) => html`<${Row} item=${item} onEvent=${(/** @type {string} */ event) => filter({ event })} />`}
          load=${(/** @type {string | undefined} */ cursor) => (cursor ? ask(cursor, undefined) : Promise.resolve(first))} empty=${html`<p class="quiet">${t('queue.no_match')}</p>`} />`}`;
}

/** How many wait, the oldest, and those past the day that was promised, whatever the filters. @param {{first: Api.QueuePage}} props */
function Tiles({ first }) {
  return html`<dl class="tiles">
    <div><dt>${t('queue.waiting')}</dt><dd class="value">${number(first.waiting)}</dd></div>
    <div><dt>${t('queue.oldest')}</dt><dd class="value">${first.oldest_queued_at ? shortDate(first.oldest_queued_at) : t('queue.none')}</dd></div>
    <div class=${first.overdue ? 'bad' : ''}><dt>${t('queue.late')}</dt><dd class="value">${number(first.overdue)}</dd></div>
  </dl>`;
}

/** @param {{filters: import('../wishes.js').Filters, items: Api.QueueItem[], onChange: (change: any) => void}} props */
function Filters({ filters, items, onChange }) {
  const events = new Map(items.filter(({ event }) => event).map(({ event, event_title }) => [event, event_title]));
  if (filters.event && !events.has(filters.event)) events.set(filters.event, t('queue.this_event'));
  const any = /** @type {[string, string]} */ (['', t('queue.any')]);
  return html`<form class="filters" aria-label=${t('queue.filters')} onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <${Select} label=${t('queue.category')} value=${filters.category} options=${[any, ...DEED_CATEGORIES.map((code) => [code, categoryName(code)])]} onInput=${(/** @type {string} */ category) => onChange({ category })} />
    <${Select} label=${t('queue.event')} value=${filters.event} options=${[any, ...events]} onInput=${(/** @type {string} */ event) => onChange({ event })} />
    <${Select} label=${t('queue.age')} value=${filters.days} options=${[any, ...['3', '7', '14'].map((days) => [days, t('queue.days', { n: Number(days) })])]} onInput=${(/** @type {string} */ days) => onChange({ days })} />
    <${Select} label=${t('queue.second')} value=${filters.second} options=${[any, ['true', t('queue.second.yes')], ['false', t('queue.second.no')]]} onInput=${(/** @type {string} */ second) => onChange({ second })} />
  </form>`;
}

/** @param {{item: Api.QueueItem, onEvent: (event: string) => void}} props */
function Row({ item, onEvent }) {
  const now = Date.parse(item.queued_at) + item.waiting_seconds * 1000;
  const left = (Date.parse(item.promised_by) - now) / 1000 / DAY_S;
  const days = Math.floor(item.waiting_seconds / DAY_S);
  return html`<article class="waiting">
    <div class="grow">
      <span class="title">${item.deed_title}</span>
      <span class="quiet">${days ? t('queue.since', { n: days, date: shortDate(item.queued_at) }) : t('queue.since_today')} · ${points(item.points_expected)}</span>
      ${item.event && html`<${Button} kind="bare" class="small" icon="filter" onClick=${() => onEvent(/** @type {string} */ (item.event))}>${item.event_title}<//>`}
    </div>
    <div class="row">
      ${item.leased_by_me ? html`<span class="tag good">${t('queue.yours')}</span>` : item.is_leased && html`<span class="tag">${t('queue.leased')}</span>`}
      ${item.needs_second && html`<span class="tag warning">${t('queue.second.yes')}</span>`}
      <span class="tag ${left < 0 ? 'bad' : left < 3 ? 'warning' : ''}">${left < 0 ? t('case.late', { date: shortDate(item.promised_by) }) : t('case.promised', { date: shortDate(item.promised_by) })}</span>
    </div>
  </article>`;
}

/** @returns {[string, string][]} */
const keysOf = () => [
  ['N', t('queue.next')],
  ['F', t('queue.filters')],
  ['U', t('keys.undo')],
  ['?', t('keys.title')],
];
