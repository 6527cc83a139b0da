// What points buy: the list is there at once, and what is left of each is told only as it is now.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { date, lastDay, points } from '../../shared/format.js';
import { useAsked, useOnline } from '../../shared/hooks.js';
import { language, t } from '../../shared/strings.js';
import { Select } from '../../shared/components/field.js';
import { Icon } from '../../shared/components/icons.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { CATEGORIES, Left } from '../components/benefit.js';
import { askVouchers, isGood } from '../vouchers.js';

export default function Benefits() {
  const isOnline = useOnline();
  const [category, setCategory] = useState('');
  const held = useAsked(async (signal) => (await api.get('/me/points', { signal })).data, [isOnline], { keep: 'balance' });
  const balance = held.data?.balance;
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/benefits', { query: { cursor, category, limit: 30 } })).data;
  const options = [['', t('benefits.all')], ...Object.keys(CATEGORIES).map((code) => [code, t(`benefits.category.${code.replace('-', '_')}`)])];
  return html`<h1>${t('benefits.title')}</h1>
    ${balance !== undefined && html`<p>${t('benefits.you_have', { points: points(balance) })} <a href="#/points">${t('benefits.until_when')}</a></p>`}
    <${Ready} isOnline=${isOnline} />
    <${Select} label=${t('benefits.kind')} value=${category} options=${options} onInput=${setCategory} />
    <${Paged} key=${category} label=${t('benefits.title')} load=${load} deps=${[category, language()]} keep="benefits:${category}"
      row=${(/** @type {Api.BenefitShown} */ benefit, /** @type {boolean} */ isKept) => html`<${Row} benefit=${benefit} isKept=${isKept} balance=${balance} />`}
      empty=${html`<${Empty} icon="ticket" title=${t('benefits.none')}>${t('benefits.none_text')}<//>`} />`;
}

/** What was bought and waits to be used comes first: whoever stands at a counter looks for it. @param {{isOnline: boolean}} props */
function Ready({ isOnline }) {
  const { data } = useAsked(() => askVouchers(), [language(), isOnline], { keep: 'vouchers' });
  if (!data?.items.length) return null;
  const good = data.items.filter(isGood);
  const further = html`<p><a class="further" href="#/vouchers">${t('vouchers.all')}</a></p>`;
  if (!good.length) return further;
  return html`<section class="ready" aria-labelledby="ready">
    <h2 id="ready">${t('vouchers.ready')}</h2>
    <ul class="rows">
      ${good.map((voucher) => html`<li key=${voucher.id}><a class="card entry voucher-row" href="#/vouchers/${voucher.id}">
        <${Icon} name="scan" size=${28} />
        <span class="grow"><span class="title">${voucher.title}</span><span class="quiet">${t('vouchers.last_day', { day: lastDay(voucher.expires_at) })}</span></span>
        <span class="show">${t('vouchers.show')}</span>
      </a></li>`)}
    </ul>
    ${further}
  </section>`;
}

/** @param {{benefit: Api.BenefitShown, isKept: boolean, balance?: number}} props */
function Row({ benefit, isKept, balance }) {
  return html`<a class="card entry benefit-row" href="#/benefits/${benefit.code}">
    <span class="picture"><${Icon} name=${CATEGORIES[benefit.category] ?? 'ticket'} /></span>
    <span class="grow"><span class="title">${benefit.title}</span><span class="quiet">${benefit.partner.name}</span>
      <span class="row tells"><${Enough} benefit=${benefit} balance=${balance} isKept=${isKept} /><${Left} benefit=${benefit} isKept=${isKept} /></span></span>
    <span class="price"><strong class="number">${benefit.price_points}</strong> ${t('benefits.points', { n: benefit.price_points })}</span>
  </a>`;
}

/** @param {{benefit: Api.BenefitShown, balance?: number, isKept: boolean}} props */
function Enough({ benefit, balance, isKept }) {
  if (!isKept && benefit.stock_left === 0) return null;
  if (!benefit.is_open) {
    const opens = benefit.opens_at && new Date(benefit.opens_at) > now() && date(benefit.opens_at);
    return html`<span class="tag">${opens ? t('benefits.from', { day: opens }) : t('benefits.closed')}</span>`;
  }
  if (balance === undefined) return null;
  return balance >= benefit.price_points
    ? html`<span class="tag good">${t('benefits.enough')}</span>`
    : html`<span class="tag">${t('benefits.missing', { n: benefit.price_points - balance })}</span>`;
}
