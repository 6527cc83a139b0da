// A benefit: what it says, what is left of it, and whether it is on the list.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Banner, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { useAsked } from '../../shared/hooks.js';
import { problemText } from '../../shared/problems.js';
import { t } from '../../shared/strings.js';
import { Stock } from '../catalogue/stock.js';
import { StateTag, categoryName, valueOf } from '../catalogue/words.js';
import { Facts, PageHead } from '../components/page_head.js';
import { benefitState } from './benefits.js';

const SHOWN = /** @type {const} */ (['price_points', 'value_eur', 'max_per_person_per_year', 'voucher_days', 'opens_at', 'closes_at', 'source']);

/** @param {{code: string}} props */
export default function Benefit({ code }) {
  const [asking, setAsking] = useState('');
  const ask = async (/** @type {AbortSignal} */ signal) => (await api.get('/benefits/{code}', { path: { code }, signal })).data;
  const { data: benefit, error, again } = useAsked(ask, [code]);
  const back = { to: '/benefits', label: t('nav.benefits') };
  if (error) return html`<${PageHead} back=${back} title=${code} /><${ErrorBox} error=${error} onRetry=${again} />`;
  if (!benefit) return html`<${Skeleton} />`;
  const state = benefitState(benefit);
  async function list(/** @type {boolean} */ is_published) {
    try {
      await api.patch('/benefits/{code}', { path: { code }, json: { is_published } });
      toast(is_published ? t('benefit.is_on') : t('benefit.is_off'));
    } catch (problem) {
      toast(problemText(problem));
    }
    setAsking('');
    again();
  }
  return html`<div class="office">
    <${PageHead} back=${back} title=${benefit.title} lead=${html`<${StateTag} state=${state} /> <span class="quiet">${categoryName(benefit.category)} · <a href="#/partners/${benefit.partner.code}">${benefit.partner.name}</a> · ${code}</span>`}>
      ${benefit.is_published
        ? html`<${Button} kind="quiet" icon="minus" onClick=${() => setAsking('off')}>${t('benefit.take_off')}<//>`
        : html`<${Button} kind="quiet" icon="plus" onClick=${() => list(true)}>${t('benefit.put_on')}<//>`}
      <${ButtonLink} icon="edit" href="#/benefits/${code}/edit">${t('deed.change')}<//>
    <//>
    ${state === 'paused' && html`<${Banner} kind="warning"><p>${t('benefit.partner_inactive', { partner: benefit.partner.name })}</p><//>`}
    <div class="halves">
      <section class="card"><h2>${t('benefit.terms')}</h2>
        <${Facts} items=${[...Object.entries(benefit.titles).map(([language, title]) => [`${t('field.titles')} (${language})`, html`<span lang=${language}>${title}</span>`]), ...SHOWN.map((field) => [t(`field.${field}`), valueOf(field, benefit[field])])]} />
      </section>
      <${Stock} benefit=${benefit} onDone=${again} />
    </div>
    ${asking === 'off' && html`<${Confirm} title=${t('benefit.off_title')} yes=${t('benefit.take_off')} onYes=${() => list(false)} onClose=${() => setAsking('')}><p>${t('benefit.off_text')}</p><//>`}
  </div>`;
}
