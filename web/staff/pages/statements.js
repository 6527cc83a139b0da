// What a partner is owed for a month, to look at and to take along as a file.

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Select } from '../../shared/components/field.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { money, number, shortDate, today } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { download } from '../download.js';
import { monthLong } from '../overview/period.js';
import { allPartners } from './partners.js';

const MONTHS = 24;

/** @param {{query: URLSearchParams}} props */
export default function Statements({ query }) {
  const month = query.get('month') ?? lastMonths()[0];
  const partners = useAsked(allPartners, []);
  const partner = query.get('partner') ?? partners.data?.[0]?.code ?? '';
  const show = (/** @type {object} */ some) => go(`/overview/statements?${new URLSearchParams({ partner, month, ...some })}`, { replace: true });
  return html`<div class="office">
    <${PageHead} back=${{ to: '/overview', label: t('nav.overview') }} title=${t('statements.title')} lead=${t('statements.lead')} />
    <${ErrorBox} error=${partners.error} onRetry=${partners.again} />
    ${partners.data?.length === 0 && html`<${Empty} icon="shop" title=${t('partners.none')}>${t('partners.none_text')}<//>`}
    ${partners.data && partners.data.length > 0 && html`<div class="filters">
      <${Select} label=${t('field.partner')} value=${partner} onInput=${(/** @type {string} */ code) => show({ partner: code })} options=${partners.data.map(({ code, name }) => [code, name])} />
      <${Select} label=${t('statements.month')} value=${month} onInput=${(/** @type {string} */ one) => show({ month: one })} options=${lastMonths().map((one) => [one, monthLong(one)])} />
    </div>`}
    ${partner && html`<${Statement} key="${partner} ${month}" ...${{ partner, month }} />`}
  </div>`;
}

/** @param {{partner: string, month: string}} props */
function Statement({ partner, month }) {
  const { data, error, again } = useAsked(async (signal) => (await api.get('/partner/statement', { query: { partner, month }, signal })).data, [partner, month]);
  if (error) return html`<${ErrorBox} error=${error} onRetry=${again} />`;
  if (!data) return html`<${Skeleton} lines=${4} />`;
  const save = (/** @type {'csv' | 'xlsx' | 'pdf'} */ format) => download(api.get('/partner/statement', { query: { partner, month, format }, as: 'blob' }), `${partner}-${month}.${format}`);
  if (!data.items.length) return html`<${Empty} icon="ticket" title=${t('statements.none')}>${t('statements.none_text')}<//>`;
  return html`<section class="card">
    <header class="row between"><h2>${data.partners[0].partner_name}, ${monthLong(month)}</h2>
      <div class="row">${/** @type {const} */ (['xlsx', 'pdf', 'csv']).map((kind) => html`<${Button} key=${kind} kind="quiet" icon="download" onClick=${() => save(kind)}>${t(`statements.${kind}`)}<//>`)}</div></header>
    <div class="wide-table" tabindex="0" role="region" aria-label=${t('statements.title')}><table>
      <thead><tr><th scope="col">${t('statements.benefit')}</th><th scope="col" class="number">${t('overview.redeemed')}</th><th scope="col" class="number">${t('overview.value')}</th></tr></thead>
      <tbody>${data.items.map((line) => html`<tr key=${line.benefit}><th scope="row">${line.title}</th><td class="number">${number(line.redemptions)}</td><td class="number">${money(line.value_eur)}</td></tr>`)}</tbody>
      <tfoot><tr><th scope="row">${t('statements.sum')}</th><td class="number">${number(data.redemptions)}</td><td class="number">${money(data.value_eur)}</td></tr></tfoot>
    </table></div>
    <details><summary>${t('statements.days')}</summary><div class="wide-table" tabindex="0" role="region" aria-label=${t('statements.days')}><table>
      <thead><tr><th scope="col">${t('period.day')}</th><th scope="col">${t('statements.benefit')}</th><th scope="col" class="number">${t('overview.redeemed')}</th><th scope="col" class="number">${t('overview.value')}</th></tr></thead>
      <tbody>${data.days.map((line) => html`<tr key=${line.day + line.benefit}><th scope="row" class="day">${shortDate(`${line.day}T12:00:00Z`)}</th><td>${line.title}</td><td class="number">${number(line.redemptions)}</td><td class="number">${money(line.value_eur)}</td></tr>`)}</tbody>
    </table></div></details>
  </section>`;
}

/** This month and those before it, newest first. */
function lastMonths() {
  const [year, month] = today().split('-').map(Number);
  return Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7));
}
