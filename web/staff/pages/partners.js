// The partners where vouchers are good.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Dialog } from '../../shared/components/dialog.js';
import { Field } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Icon } from '../../shared/components/icons.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { useAsked } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { codeOf, everyItem, finds } from '../every.js';

/** @param {AbortSignal} [signal] @returns {Promise<{code: string, name: string, is_active: boolean}[]>} */
export const allPartners = (signal) => everyItem((cursor) => api.get('/partners', { query: { limit: 100, cursor }, signal }));

export default function Partners() {
  const [q, setQ] = useState('');
  const [isOpening, setOpening] = useState(false);
  const { data, error, again } = useAsked(allPartners, []);
  const found = data?.filter(({ name, code }) => finds(q, [name, code]));
  const open = html`<${Button} icon="plus" onClick=${() => setOpening(true)}>${t('partners.new')}<//>`;
  return html`<div class="office">
    <${PageHead} title=${t('nav.partners')} lead=${t('partners.lead')}>${open}<//>
    <div class="filters"><${Field} type="search" label=${t('partners.search')} value=${q} onInput=${setQ} /></div>
    <${ErrorBox} error=${error} onRetry=${again} />
    ${!found && !error && html`<${Skeleton} lines=${5} />`}
    ${data?.length === 0 && html`<${Empty} icon="shop" title=${t('partners.none')}>${t('partners.none_text')}<//>`}
    ${found?.length === 0 && data?.length !== 0 && html`<${Empty} icon="search" title=${t('filter.nothing')}>${t('filter.nothing_text')}<//>`}
    <ul class="rows" aria-label=${t('nav.partners')}>${found?.map(({ code, name, is_active: isActive }) => html`<li key=${code}>
      <a class="card entry" href="#/partners/${code}"><${Icon} name="shop" /><span class="grow"><span class="title">${name}</span><span class="quiet">${code}</span></span>
        <span class="tag ${isActive ? 'good' : ''}">${isActive ? t('partner.active') : t('partner.inactive')}</span><${Icon} name="next" size=${20} /></a></li>`)}</ul>
    ${isOpening && html`<${NewPartner} onClose=${() => setOpening(false)} />`}
  </div>`;
}

/** @param {{onClose: () => void}} props */
function NewPartner({ onClose }) {
  const [name, setName] = useState('');
  const [code, setCode] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  async function open() {
    setError(null);
    try {
      const { data } = await api.post('/partners', { json: { code: code || codeOf(name), name } });
      go(`/partners/${data.code}`);
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<${Dialog} title=${t('partners.new')} onClose=${onClose}>
    <${Form} act=${open}>
      <${Field} label=${t('partner.name')} required maxlength="120" value=${name} onInput=${setName} />
      <${Field} label=${t('field.code')} hint=${t('field.code_hint')} maxlength="60" pattern="[a-z0-9]+(-[a-z0-9]+)*" placeholder=${codeOf(name)} value=${code} onInput=${setCode} />
      <${ErrorBox} error=${error} />
      <${Submit}>${t('partners.open')}<//>
    <//>
  <//>`;
}
