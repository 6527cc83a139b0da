// A benefit's terms are changed from now on, after their difference was seen; vouchers already bought stay as they are.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { useAsked } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { BenefitFields } from '../catalogue/benefit_fields.js';
import { benefitDraft, benefitTerms } from '../catalogue/drafts.js';
import { Editor } from '../catalogue/editor.js';
import { changesOf, onTop } from '../catalogue/meanwhile.js';
import { PageHead } from '../components/page_head.js';
import { allPartners } from './partners.js';

/** @param {{code?: string}} props without a code it is a new benefit */
export default function BenefitEdit({ code }) {
  const { data, error, again } = useAsked(async (signal) => {
    const [known, partners] = await Promise.all([
      code ? api.get('/benefits/{code}', { path: { code }, signal }) : null,
      allPartners(signal),
    ]);
    return { known: known?.data, partners };
  }, [code]);
  if (error) return html`<${ErrorBox} error=${error} onRetry=${again} />`;
  if (!data) return html`<${Skeleton} lines=${6} />`;
  if (!data.partners.length) return html`<${NoPartner} />`;
  return html`<${Benefit} ...${data} />`;
}

function NoPartner() {
  return html`<div class="office">
    <${PageHead} back=${{ to: '/benefits', label: t('nav.benefits') }} title=${t('benefits.new')} />
    <${Empty} icon="shop" title=${t('partners.none')} action=${html`<${ButtonLink} href="#/partners">${t('benefit.to_partners')}<//>`}>${t('benefit.no_partner')}<//>
  </div>`;
}

/** @param {{known?: any, partners: {code: string, name: string, is_active: boolean}[]}} props */
function Benefit({ known, partners }) {
  const [benefit, setBenefit] = useState(known);
  const [draft, setDraft] = useState(() => ({ ...benefitDraft(benefit), ...(benefit ? {} : { partner: partners[0]?.code ?? '' }) }));
  const code = benefit?.code ?? draft.code;
  const terms = benefitTerms(draft, benefit);

  async function publish() {
    await (benefit ? api.patch('/benefits/{code}', { path: { code }, json: terms, ifMatch: `"${benefit.version}"` }) : api.post('/benefits', { json: { code, ...terms } }));
    toast(benefit ? t('benefit.is_changed') : t('benefit.is_on'));
    go(`/benefits/${code}`);
  }
  async function catchUp() {
    const { data: now } = await api.get('/benefits/{code}', { path: { code } });
    setDraft(onTop(draft, benefitDraft(benefit), benefitDraft(now)));
    setBenefit(now);
    return [{ changes: changesOf(benefit, now) }];
  }
  // One that is there has no stock to be set: where nothing else is wrong, publishing says that the code is taken.
  const isTaken = (/** @type {Api.ItemTold} */ { errors }) => !benefit && errors.length > 0 && errors.every(({ field }) => field === 'stock');

  const back = benefit ? { to: `/benefits/${code}`, label: benefit.title } : { to: '/benefits', label: t('nav.benefits') };
  return html`<${Editor} kind="benefits" isNew=${!benefit} version=${benefit?.version} wish=${{ code, ...terms }} isToTry=${isTaken} ...${{ publish, catchUp }}
    head=${{ back, title: benefit ? t('benefit.change_title') : t('benefits.new'), lead: benefit && t('benefit.change_lead') }}
    yes=${benefit ? t('benefit.publish_change') : t('benefit.publish')}
    fields=${(/** @type {any} */ errorAt) => html`<${BenefitFields} isNew=${!benefit} ...${{ draft, partners, errorAt }} onInput=${(/** @type {object} */ some) => setDraft({ ...draft, ...some })} />`} />`;
}
