// All that was bought, newest first: what is good can be shown, of the rest it says what became of it.

import { html } from '../../shared/html.js';
import { language, t } from '../../shared/strings.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Icon } from '../../shared/components/icons.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { Back } from '../components/back.js';
import { askVouchers, isGood } from '../vouchers.js';
import { whatBecame } from './voucher.js';

export default function Vouchers() {
  const action = html`<${ButtonLink} href="#/benefits">${t('vouchers.choose')}<//>`;
  return html`<${Back} to="/benefits">${t('benefits.back')}<//>
    <h1>${t('vouchers.all')}</h1>
    <${Paged} label=${t('vouchers.all')} load=${askVouchers} deps=${[language()]} keep="vouchers" row=${(/** @type {Api.VoucherShown} */ voucher) => html`<${Row} voucher=${voucher} />`}
      empty=${html`<${Empty} icon="ticket" title=${t('vouchers.none')} action=${action}>${t('vouchers.none_text')}<//>`} />`;
}

/** @param {{voucher: Api.VoucherShown}} props */
function Row({ voucher }) {
  const good = isGood(voucher);
  const icon = good ? 'scan' : voucher.status === 'redeemed' ? 'check' : 'clock';
  return html`<a class="card entry voucher-row ${good ? '' : 'over'}" href="#/vouchers/${voucher.id}">
    <${Icon} name=${icon} size=${28} />
    <span class="grow"><span class="title">${voucher.title}</span><span class="quiet">${whatBecame(voucher)}</span></span>
    ${good && html`<span class="show">${t('vouchers.show')}</span>`}
  </a>`;
}
