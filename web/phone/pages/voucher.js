// A voucher fills the screen in black on white, in either theme and without a network: scanners need light and contrast.

import { html, useEffect, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { date, dateTime, lastDay, points } from '../../shared/format.js';
import { useAsked, useOnline } from '../../shared/hooks.js';
import { Problem, problemText } from '../../shared/problems.js';
import { go } from '../../shared/router.js';
import { language, t } from '../../shared/strings.js';
import { Button } from '../../shared/components/button.js';
import { Confirm, useModal } from '../../shared/components/dialog.js';
import { Icon } from '../../shared/components/icons.js';
import { Banner, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { SvgPicture } from '../../shared/components/photo.js';
import { toast } from '../../shared/components/toast.js';
import { useAwake } from '../awake.js';
import { askVoucher, isGood, nameOf } from '../vouchers.js';

const LOOK_EACH_MS = 5_000;

/** @param {{id: string}} props */
export default function Voucher({ id }) {
  const isOnline = useOnline();
  const leave = () => go('/vouchers');
  const modal = useModal(leave);
  const [isGivingBack, setGivingBack] = useState(false);
  const { data, error, isKept, again } = useAsked((signal) => askVoucher(id, signal), [id, language()], { keep: nameOf(id) });
  const good = Boolean(data && isGood(data));
  useAwake(good);
  useEffect(() => {
    // At the till it is used while its owner looks at it.
    const look = () => good && isOnline && document.visibilityState === 'visible' && again();
    const timer = setInterval(look, LOOK_EACH_MS);
    return () => clearInterval(timer);
  }, [good, isOnline]);
  const isLost = error && !(isKept && error instanceof Problem && error.code === 'offline');
  return html`<dialog ...${modal} class="voucher" aria-labelledby="voucher">
      <header><${Button} kind="bare" icon="back" onClick=${leave}>${t('vouchers.all')}<//></header>
      ${data ? html`<${Shown} voucher=${data} good=${good} />` : !error && html`<${Skeleton} />`}
      ${isLost && html`<${ErrorBox} error=${error} onRetry=${again} />`}
      ${!isOnline && data && html`<p class="small">${t('voucher.offline')}</p>`}
      ${good && html`<footer><${Button} kind="quiet" onClick=${() => setGivingBack(true)}>${t('voucher.give_back')}<//></footer>`}
    </dialog>
    ${isGivingBack && html`<${GiveBack} voucher=${data} onClose=${() => setGivingBack(false)} onChanged=${again} />`}`;
}

/** @param {{voucher: import('../vouchers.js').Voucher, good: boolean}} props */
function Shown({ voucher, good }) {
  const grouped = voucher.code?.split('-');
  return html`<h1 id="voucher">${voucher.title}</h1>
    <p class="where">${voucher.partner_name}</p>
    ${good && voucher.svg
      ? html`<${SvgPicture} class="qr" text=${voucher.svg} alt=${t('voucher.qr')} />
        <p class="code-text" translate="no">${grouped?.map((part) => html`<span key=${part}>${part}</span>`)}</p>
        <p class="last-day">${t('vouchers.last_day', { day: lastDay(voucher.expires_at) })}</p>
        <p class="small">${t('voucher.how')}</p>`
      : html`<div class="ended" role="status"><${Icon} name=${voucher.status === 'redeemed' ? 'check' : 'clock'} size=${64} /><p>${whatBecame(voucher)}</p></div>`}`;
}

/** @param {Api.VoucherShown} voucher */
export function whatBecame(voucher) {
  if (isGood(voucher)) return t('vouchers.last_day', { day: lastDay(voucher.expires_at) });
  if (voucher.status === 'redeemed') return t('voucher.used', { when: dateTime(/** @type {string} */ (voucher.ended_at)) });
  if (voucher.status === 'cancelled') return t('voucher.cancelled', { day: date(/** @type {string} */ (voucher.ended_at)) });
  const day = lastDay(voucher.expires_at);
  return voucher.ended_at ? t('voucher.expired', { day }) : t('voucher.expiring', { day }); // its points come back by a job
}

/** @param {{voucher: Api.VoucherWithCode, onClose: () => void, onChanged: () => void}} props */
function GiveBack({ voucher, onClose, onChanged }) {
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const parts = voucher.points_back;
  const lost = voucher.price_points - parts.reduce((sum, part) => sum + part.points, 0);
  async function yes() {
    try {
      const { data } = await api.delete('/vouchers/{voucher_id}', { path: { voucher_id: voucher.id } });
      toast(data.points_returned ? t('voucher.given_back', { points: points(data.points_returned) }) : t('voucher.given_back_none'));
      go('/vouchers');
    } catch (no) {
      setProblem(no);
      if (no instanceof Problem && no.code === 'not_active') onChanged();
    }
  }
  return html`<${Confirm} title=${t('voucher.give_back_title')} yes=${t('voucher.give_back')} no=${t('voucher.keep')} isDanger onYes=${yes} onClose=${onClose}>
    <p>${parts.length ? t('voucher.give_back_text') : t('voucher.give_back_only')}</p>
    ${parts.length > 0 && html`<ul>${parts.map((part) => html`<li key=${part.expires_at}>${t('voucher.comes_back', { points: points(part.points), day: lastDay(part.expires_at) })}</li>`)}</ul>`}
    ${lost > 0 && html`<p>${t('voucher.lost', { points: points(lost) })}</p>`}
    ${problem && html`<${Banner} kind="bad"><p>${problemText(problem)}</p><//>`}
  <//>`;
}
