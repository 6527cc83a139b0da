// A partner: its name, whether it sells, and its tills.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm, Dialog } from '../../shared/components/dialog.js';
import { Field } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Banner, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { useAsked } from '../../shared/hooks.js';
import { Problem, problemText } from '../../shared/problems.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { Tills } from '../tills/tills.js';
import { allPartners } from './partners.js';

/** @param {{code: string}} props */
export default function Partner({ code }) {
  const [asking, setAsking] = useState('');
  const { data: partner, error, again } = useAsked(async (signal) => {
    const found = (await allPartners(signal)).find((one) => one.code === code);
    if (!found) throw new Problem(404, 'not_found');
    return found;
  }, [code]);
  const back = { to: '/partners', label: t('nav.partners') };
  if (error) return html`<${PageHead} back=${back} title=${code} /><${ErrorBox} error=${error} onRetry=${again} />`;
  if (!partner) return html`<${Skeleton} />`;
  const { name, is_active: isActive } = partner;
  /** @param {object} json @param {string} said */
  async function change(json, said) {
    await api.patch('/partners/{code}', { path: { code }, json });
    toast(said);
    setAsking('');
    again();
  }
  function refused(/** @type {unknown} */ problem) {
    setAsking(''); // a toast is below a dialog
    toast(problemText(problem));
  }
  return html`<div class="office">
    <${PageHead} back=${back} title=${name} lead=${html`<span class="tag ${isActive ? 'good' : ''}">${isActive ? t('partner.active') : t('partner.inactive')}</span> <span class="quiet">${code}</span>`}>
      <${ButtonLink} kind="quiet" icon="list" href="#/overview/statements?partner=${code}">${t('statements.title')}<//>
      <${Button} kind="quiet" icon="edit" onClick=${() => setAsking('name')}>${t('partner.rename')}<//>
      ${isActive
        ? html`<${Button} kind="quiet" icon="minus" onClick=${() => setAsking('off')}>${t('partner.deactivate')}<//>`
        : html`<${Button} icon="check" onClick=${() => change({ is_active: true }, t('partner.is_active')).catch(refused)}>${t('partner.activate')}<//>`}
    <//>
    ${!isActive && html`<${Banner} kind="warning"><p>${t('partner.inactive_text')}</p><//>`}
    <${Tills} code=${code} partner=${name} />
    ${asking === 'name' && html`<${Rename} name=${name} onName=${(/** @type {string} */ to) => change({ name: to }, t('partner.renamed'))} onClose=${() => setAsking('')} />`}
    ${asking === 'off' && html`<${Confirm} title=${t('partner.off_title', { name })} yes=${t('partner.deactivate')} onYes=${() => change({ is_active: false }, t('partner.is_inactive')).catch(refused)} onClose=${() => setAsking('')}><p>${t('partner.inactive_text')}</p><//>`}
  </div>`;
}

/** @param {{name: string, onName: (name: string) => Promise<void>, onClose: () => void}} props */
function Rename({ name, onName, onClose }) {
  const [to, setTo] = useState(name);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const act = () => onName(to).catch(setError);
  return html`<${Dialog} title=${t('partner.rename')} onClose=${onClose}>
    <${Form} act=${act}>
      <${Field} label=${t('partner.name')} required maxlength="120" value=${to} onInput=${setTo} />
      <${ErrorBox} error=${error} />
      <${Submit}>${t('partner.save')}<//>
    <//>
  <//>`;
}
