// Who may do what: a manager gives a role and takes it away, and it counts on the person's next request.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Confirm, Dialog } from '../../shared/components/dialog.js';
import { Field, Select } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { shortDate } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { problemText } from '../../shared/problems.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { everyItem, finds } from '../every.js';
import { allPartners } from './partners.js';

const ROLES = ['verifier', 'organiser', 'clerk', 'manager', 'auditor'];

/** @param {{me: Api.Me}} props */
export default function Roles({ me }) {
  const [q, setQ] = useState('');
  const [role, setRole] = useState('');
  const [isGiving, setGiving] = useState(false);
  const [taking, setTaking] = useState(/** @type {Api.Grant | null} */ (null));
  const { data, error, again } = useAsked((signal) => everyItem((cursor) => api.get('/roles', { query: { limit: 100, cursor }, signal })), []);
  const found = data?.filter((grant) => (!role || grant.role === role) && finds(q, [grant.email ?? '', grant.partner ?? '', grant.office ?? '']));
  const isOwn = (/** @type {Api.Grant} */ grant) => grant.role === 'manager' && grant.email === me.email;
  async function take() {
    if (!taking) return;
    try {
      await api.delete('/roles/{grant_id}', { path: { grant_id: taking.id } });
      toast(t('roles.taken', { email: taking.email ?? t('roles.gone') }));
    } catch (problem) {
      toast(problemText(problem));
    }
    setTaking(null);
    again();
  }
  return html`<div class="office">
    <${PageHead} title=${t('nav.roles')} lead=${t('roles.lead')}><${Button} icon="plus" onClick=${() => setGiving(true)}>${t('roles.give')}<//><//>
    <details class="card"><summary>${t('roles.who_may')}</summary>
      <dl class="facts">${ROLES.map((name) => html`<div key=${name}><dt>${t(`role.${name}`)}</dt><dd>${t(`role.${name}_may`)}</dd></div>`)}</dl></details>
    <div class="filters">
      <${Field} type="search" label=${t('roles.search')} value=${q} onInput=${setQ} />
      <${Select} label=${t('roles.role')} value=${role} onInput=${setRole} options=${[['', t('filter.all')], ...ROLES.map((name) => [name, t(`role.${name}`)])]} />
    </div>
    <${ErrorBox} error=${error} onRetry=${again} />
    ${!found && !error && html`<${Skeleton} lines=${4} />`}
    ${found?.length === 0 && html`<${Empty} icon="person" title=${t('filter.nothing')}>${t('filter.nothing_text')}<//>`}
    ${found && found.length > 0 && html`<ul class="card rows lined" aria-label=${t('nav.roles')}>${found.map((grant) => html`<li key=${grant.id} class="row">
      <div class="grow"><strong>${grant.email ?? t('roles.gone')}</strong> <span class="tag">${t(`role.${grant.role}`)}</span>
        <span class="quiet line">${grant.partner ?? grant.office ?? t('roles.usual_office')} · ${t('roles.since', { day: shortDate(grant.granted_at) })}</span></div>
      ${isOwn(grant) ? html`<span class="quiet">${t('roles.own')}</span>` : html`<${Button} kind="quiet" icon="cross" onClick=${() => setTaking(grant)}>${t('roles.take')}<//>`}
    </li>`)}</ul>`}
    ${isGiving && html`<${Give} onDone=${() => (setGiving(false), again())} onClose=${() => setGiving(false)} />`}
    ${taking && html`<${Confirm} isDanger title=${t('roles.take_title', { email: taking.email ?? t('roles.gone') })} yes=${t('roles.take')} onYes=${take} onClose=${() => setTaking(null)}><p>${t('roles.take_text', { role: t(`role.${taking.role}`) })}</p><//>`}
  </div>`;
}

/** @param {{onDone: () => void, onClose: () => void}} props */
function Give({ onDone, onClose }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState(/** @type {Api.NewRole['role']} */ ('verifier'));
  const [partner, setPartner] = useState('');
  const [office, setOffice] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const { data: partners } = useAsked(allPartners, []);
  const isClerk = role === 'clerk';
  async function give() {
    setError(null);
    try {
      const more = { ...(isClerk ? { partner } : {}), ...(office.trim() && !isClerk ? { office: office.trim() } : {}) };
      await api.post('/roles', { json: { email: email.trim(), role, ...more } });
      toast(t('roles.given', { email }));
      onDone();
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<${Dialog} title=${t('roles.give')} onClose=${onClose}>
    <${Form} act=${give}>
      <${Field} label=${t('sign_in.email')} hint=${t('roles.email_hint')} type="email" required maxlength="254" autocomplete="off" value=${email} onInput=${setEmail} />
      <${Select} label=${t('roles.role')} hint=${t(`role.${role}_may`)} value=${role} onInput=${setRole} options=${ROLES.map((name) => [name, t(`role.${name}`)])} />
      ${isClerk
        ? html`<${Select} label=${t('field.partner')} required value=${partner} onInput=${setPartner} options=${[['', t('roles.choose')], ...(partners ?? []).map(({ code, name }) => [code, name])]} />`
        : html`<${Field} label=${t('roles.office')} hint=${t('roles.office_hint')} maxlength="120" value=${office} onInput=${setOffice} />`}
      <${ErrorBox} error=${error} />
      <${Submit}>${t('roles.give')}<//>
    <//>
  <//>`;
}
