// The catalogue as managers see it: also what is announced, paused or past its date.

import { html, useEffect, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Field, Select } from '../../shared/components/field.js';
import { Icon } from '../../shared/components/icons.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { points } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { DEED_CATEGORIES, StateTag, categoryName, stateOf, unitName } from '../catalogue/words.js';

export default function Deeds() {
  const [typed, setTyped] = useState('');
  const [q, setQ] = useState('');
  const [category, setCategory] = useState('');
  const [which, setWhich] = useState('all');
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  const load = async (/** @type {string | undefined} */ cursor) =>
    (await api.get('/deeds', { query: { q, category, all: which === 'all' ? true : undefined, limit: 50, cursor } })).data;
  return html`<div class="office">
    <${PageHead} title=${t('nav.catalogue')} lead=${t('deeds.lead')}>
      <${ButtonLink} kind="quiet" icon="list" href="#/catalogue/_import">${t('import.open')}<//>
      <${ButtonLink} icon="plus" href="#/catalogue/_new">${t('deeds.new')}<//>
    <//>
    <div class="filters">
      <${Field} type="search" label=${t('deeds.search')} maxlength="100" value=${typed} onInput=${setTyped} />
      <${Select} label=${t('field.category')} value=${category} onInput=${setCategory} options=${[['', t('filter.all')], ...DEED_CATEGORIES.map((code) => [code, categoryName(code)])]} />
      <${Select} label=${t('filter.which')} value=${which} onInput=${setWhich} options=${[['all', t('filter.all')], ['open', t('deeds.only_open')]]} />
    </div>
    <${Paged} label=${t('nav.catalogue')} load=${load} deps=${[q, category, which]} row=${row} empty=${html`<${Empty} icon="search" title=${t('filter.nothing')}>${t('filter.nothing_text')}<//>`} />
  </div>`;
}

const row = (/** @type {Api.DeedItem} */ deed) => html`<a class="card entry" href="#/catalogue/${deed.code}">
  <span class="grow"><span class="title">${deed.title}</span><span class="quiet">${categoryName(deed.category)} · ${points(deed.points)} / ${unitName(deed.unit)}</span></span>
  <${StateTag} state=${stateOf(deed)} /><${Icon} name="next" size=${20} />
</a>`;
