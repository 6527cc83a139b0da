// The benefits as managers see them: also those that were taken off the list.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Field, Select } from '../../shared/components/field.js';
import { Icon } from '../../shared/components/icons.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { money, points } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { t } from '../../shared/strings.js';
import { BENEFIT_CATEGORIES, StateTag, categoryName } from '../catalogue/words.js';
import { PageHead } from '../components/page_head.js';
import { everyItem, finds } from '../every.js';

export default function Benefits() {
  const [q, setQ] = useState('');
  const [category, setCategory] = useState('');
  const { data, error, again } = useAsked((signal) => everyItem((cursor) => api.get('/benefits', { query: { all: true, limit: 100, cursor }, signal })), []);
  const found = data?.filter((benefit) => (!category || benefit.category === category) && finds(q, [...Object.values(benefit.titles), benefit.partner.name, benefit.code]));
  return html`<div class="office">
    <${PageHead} title=${t('nav.benefits')} lead=${t('benefits.lead')}>
      <${ButtonLink} kind="quiet" icon="list" href="#/benefits/_import">${t('import.open')}<//>
      <${ButtonLink} icon="plus" href="#/benefits/_new">${t('benefits.new')}<//>
    <//>
    <div class="filters">
      <${Field} type="search" label=${t('benefits.search')} maxlength="100" value=${q} onInput=${setQ} />
      <${Select} label=${t('field.category')} value=${category} onInput=${setCategory} options=${[['', t('filter.all')], ...BENEFIT_CATEGORIES.map((code) => [code, categoryName(code)])]} />
    </div>
    <${ErrorBox} error=${error} onRetry=${again} />
    ${!found && !error && html`<${Skeleton} lines=${5} />`}
    ${found?.length === 0 && html`<${Empty} icon="search" title=${t('filter.nothing')}>${t('filter.nothing_text')}<//>`}
    <ul class="rows" aria-label=${t('nav.benefits')}>${found?.map((benefit) => html`<li key=${benefit.code}><${Row} benefit=${benefit} /></li>`)}</ul>
  </div>`;
}

/** @param {{benefit: Api.BenefitShown}} props */
function Row({ benefit }) {
  const { code, title, partner, price_points, value_eur, stock_left: left } = benefit;
  return html`<a class="card entry" href="#/benefits/${code}">
    <span class="grow"><span class="title">${title}</span><span class="quiet">${partner.name} · ${points(price_points)} · ${money(value_eur)}</span></span>
    ${left !== null && html`<span class="tag ${left ? '' : 'bad'}">${t('benefit.left', { n: left })}</span>`}
    <${StateTag} state=${benefitState(benefit)} /><${Icon} name="next" size=${20} />
  </a>`;
}

/** @param {Api.BenefitShown} benefit @returns {'open' | 'off' | 'announced' | 'lapsed' | 'paused'} */
export function benefitState({ is_open, is_published, opens_at, closes_at }) {
  if (is_open) return 'open';
  if (!is_published) return 'off';
  const at = now();
  if (opens_at && new Date(opens_at) > at) return 'announced';
  return closes_at && new Date(closes_at) <= at ? 'lapsed' : 'paused'; // else its partner is inactive
}
