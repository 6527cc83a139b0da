// "Are you sure?" says what is paid, what stays, until when the voucher is good and which points would lapse with it.

import { html, useState } from '../../shared/html.js';
import { instant, lastDay, points, today } from '../../shared/format.js';
import { Problem, problemText } from '../../shared/problems.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { Button } from '../../shared/components/button.js';
import { Dialog } from '../../shared/components/dialog.js';
import { Banner } from '../../shared/components/notice.js';
import { buy, isOpen } from '../purchase.js';

/** The start of the day after the last one on which a voucher that is bought now is good. @param {{voucher_days: number}} benefit */
export function voucherEnds({ voucher_days }) {
  const day = new Date(`${today()}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + voucher_days + 1);
  return instant(day.toISOString().slice(0, 10), '00:00');
}

/**
 * Which points of a purchase end before the voucher does: it takes the earliest to end first, as the ledger does.
 * @param {{points: number, expires_at: string}[]} batches earliest first @param {number} price @param {string} until
 */
export function lapsing(batches, price, until) {
  let open = price;
  return batches.flatMap(({ points: held, expires_at }) => {
    const taken = Math.min(open, held);
    open -= taken;
    return taken && new Date(expires_at) < new Date(until) ? [{ points: taken, expires_at }] : [];
  });
}

/** What a "no" to a purchase means, in plain words. @param {unknown} problem */
export function refusal(problem) {
  if (isOpen(problem)) return t('purchase.unknown');
  const { code, facts } = /** @type {Problem} */ (problem);
  if (code === 'price_changed') return t('purchase.price_changed', { points: points(facts.price_points) });
  if (code === 'sold_out') return t('benefit.sold_out');
  if (code === 'benefit_closed' || code === 'benefit_unknown') return t('benefit.closed');
  if (code === 'not_enough_points') return t('purchase.not_enough', { balance: points(facts.balance), price: points(facts.price_points) });
  if (code === 'cap_reached') return facts.cap === 'value_eur_per_year' ? t('purchase.cap_value') : t('purchase.cap_times', { n: facts.most });
  return problemText(problem);
}

/** @param {{benefit: Api.BenefitShown, held: Api.Points, onChanged: () => void, onClose: () => void}} props */
export function Purchase({ benefit, held, onChanged, onClose }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const price = benefit.price_points;
  const until = voucherEnds(benefit);
  const lapse = lapsing(held.upcoming_expiries, price, until);
  const isFinal = problem && !isOpen(problem) && /** @type {any} */ (problem).code !== 'price_changed';
  async function yes() {
    try {
      const voucher = await buy(benefit.code, price);
      go(`/vouchers/${voucher.id}`);
    } catch (no) {
      setProblem(no);
      if (!isOpen(no)) onChanged(); // the price or the stock is another than was seen
    }
  }
  const label = isOpen(problem) && problem ? t('purchase.ask_again') : t('benefit.buy', { points: points(price) });
  const actions = isFinal
    ? html`<${Button} onClick=${onClose}>${t('close')}<//>`
    : html`<${Button} kind="quiet" onClick=${onClose}>${problem ? t('close') : t('cancel')}<//><${Button} onClick=${yes}>${label}<//>`;
  return html`<${Dialog} title=${t('purchase.title', { title: benefit.title })} onClose=${onClose} actions=${actions}>
    ${!isFinal && html`<p>${t('purchase.pays', { price: points(price), left: points(held.balance - price) })}</p>
      <p>${t('purchase.good', { day: lastDay(until), partner: benefit.partner.name })}</p>
      ${lapse.length > 0 && html`<${Banner} kind="warning" icon="clock">
        ${lapse.map((part) => html`<p key=${part.expires_at}>${t('purchase.lapses', { points: points(part.points), day: lastDay(part.expires_at) })}</p>`)}
        <p>${t('purchase.lapses_why')}</p>
      <//>`}`}
    ${problem && html`<${Banner} kind="bad"><p>${refusal(problem)}</p><//>`}
  <//>`;
}
