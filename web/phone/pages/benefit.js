// One benefit: what it costs, what is left now, and a purchase that names what it does before it is done.

import { html, useEffect, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { date, lastDay, money, points, time } from '../../shared/format.js';
import { useAsked, useOnline } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { language, t } from '../../shared/strings.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Icon } from '../../shared/components/icons.js';
import { Banner, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { Back } from '../components/back.js';
import { CATEGORIES, Left } from '../components/benefit.js';
import { Purchase, refusal, voucherEnds } from '../components/purchase.js';
import { buy, forget, unanswered } from '../purchase.js';

/** @param {{code: string}} props */
export default function Benefit({ code }) {
  const isOnline = useOnline();
  const [isBuying, setBuying] = useState(false);
  const [wish, setWish] = useState(/** @type {any} */ (null));
  useEffect(() => {
    unanswered(code).then(setWish, () => {});
  }, [code, isBuying]);
  const asked = useAsked(async (signal) => (await api.get('/benefits/{code}', { path: { code }, signal })).data, [code, language(), isOnline], { keep: `benefit:${code}` });
  const held = useAsked(async (signal) => (await api.get('/me/points', { signal })).data, [isOnline], { keep: 'balance' });
  const benefit = asked.data;
  if (!benefit) return asked.error ? html`<${ErrorBox} error=${asked.error} onRetry=${asked.again} />` : html`<${Skeleton} />`;
  const again = () => (asked.again(), held.again());
  return html`<${Back} to="/benefits">${t('benefits.back')}<//>
    ${!isBuying && html`<${Unanswered} code=${code} wish=${wish} setWish=${setWish} onDone=${again} />`}
    <article class="card stack">
      <header class="benefit-head">
        <span class="picture"><${Icon} name=${CATEGORIES[benefit.category] ?? 'ticket'} size=${32} /></span>
        <div><h1>${benefit.title}</h1><p class="quiet">${benefit.partner.name}</p></div>
      </header>
      <p class="held"><span><strong class="number">${points(benefit.price_points)}</strong></span> <${Left} benefit=${benefit} isKept=${asked.isKept} /></p>
      <dl class="particulars">
        ${held.data && html`<dt>${t('benefit.you_have')}</dt><dd>${points(held.data.balance)}</dd>`}
        <dt>${t('benefit.good')}</dt><dd>${t('benefit.good_until', { day: lastDay(voucherEnds(benefit)) })}</dd>
        <dt>${t('benefit.worth')}</dt><dd>${money(benefit.value_eur)}</dd>
        ${benefit.max_per_person_per_year !== null && html`<dt>${t('benefit.cap')}</dt><dd>${t('benefit.cap_year', { n: benefit.max_per_person_per_year })}</dd>`}
        ${benefit.closes_at && html`<dt>${t('benefit.closes')}</dt><dd>${lastDay(benefit.closes_at)}</dd>`}
      </dl>
      ${!wish && html`<${Offer} benefit=${benefit} held=${held.data} isKept=${asked.isKept} onBuy=${() => setBuying(true)} />`}
    </article>
    ${isBuying && held.data && html`<${Purchase} benefit=${benefit} held=${held.data} onChanged=${again} onClose=${() => (setBuying(false), again())} />`}`;
}

/** The one button, or why there is none. @param {{benefit: Api.BenefitShown, held: Api.Points | undefined, isKept: boolean, onBuy: () => void}} props */
function Offer({ benefit, held, isKept, onBuy }) {
  if (isKept || !held) return html`<p class="quiet">${t('benefit.needs_network')}</p>`;
  if (benefit.stock_left === 0) return html`<p>${t('benefit.sold_out')}</p>`;
  if (!benefit.is_open) {
    const opens = benefit.opens_at && new Date(benefit.opens_at) > now() && date(benefit.opens_at);
    return html`<p>${opens ? t('benefit.opens', { day: opens }) : t('benefit.closed')}</p>`;
  }
  const missing = benefit.price_points - held.balance;
  if (missing > 0) {
    return html`<p>${t('benefit.not_yet', { n: missing })}</p><${ButtonLink} kind="quiet" class="wide" href="#/deeds">${t('points.find_deed')}<//>`;
  }
  return html`<${Button} class="wide" onClick=${onBuy}>${t('benefit.buy', { points: points(benefit.price_points) })}<//>`;
}

/** A purchase whose answer was lost is never left in the dark. @param {{code: string, wish: any, setWish: (wish: any) => void, onDone: () => void}} props */
function Unanswered({ code, wish, setWish, onDone }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  async function ask() {
    try {
      const voucher = await buy(code, wish.json.price_points);
      go(`/vouchers/${voucher.id}`);
    } catch (problem) {
      setError(problem);
      setWish(await unanswered(code));
      onDone();
    }
  }
  async function leave() {
    await forget(code);
    setWish(null);
    go('/vouchers');
  }
  if (!wish && !error) return null;
  return html`<${Banner} kind="warning" icon="clock">
    ${wish && html`<p>${t('purchase.unanswered', { time: time(wish.at) })}</p>`}
    ${error && html`<p role="alert">${refusal(error)}</p>`}
    ${wish && html`<div class="row answers"><${Button} onClick=${ask}>${t('purchase.ask_again')}<//><${Button} kind="quiet" onClick=${leave}>${t('purchase.look')}<//></div>`}
  <//>`;
}
