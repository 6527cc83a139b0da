// The log as auditors read it: who did or looked at what, for which office and why. That it was read is in it, too.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Field, Select } from '../../shared/components/field.js';
import { Form } from '../../shared/components/form.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { dateTime, instant } from '../../shared/format.js';
import { has, t } from '../../shared/strings.js';
import { dayAfter } from '../catalogue/drafts.js';
import { PageHead } from '../components/page_head.js';

const KINDS = [
  'attendance.read', 'audit.read', 'benefit.changed', 'benefit.published', 'benefit.stock_changed', 'consent.given', 'consent.withdrawn', 'deed.published',
  'event.altered', 'event.announced', 'event.cancelled', 'evidence.read', 'membership.erased', 'membership.joined', 'membership.leaving', 'membership.resumed',
  'partner.changed', 'partner.opened', 'role.granted', 'role.read', 'role.revoked', 'session.ended', 'session.opened', 'session.reused',
  'shift.ended', 'shift.opened', 'shift.refused', 'submission.confirmed', 'submission.denied', 'submission.given_back', 'submission.leased', 'submission.listed',
  'submission.read', 'terms.accepted', 'till.ended', 'till.invited', 'till.paired', 'voucher.bought', 'voucher.cancelled', 'voucher.looked_up',
  'voucher.not_theirs', 'voucher.redeemed', 'voucher.refunded', 'voucher.refused', 'voucher.undone',
];

/** @param {string} kind */
const kindName = (kind) => (has(`audit.${kind}`) ? t(`audit.${kind}`) : kind);

export default function Audit() {
  const [draft, setDraft] = useState({ kind: '', office: '', from: '', to: '' });
  const [asked, setAsked] = useState(draft);
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => setDraft({ ...draft, [name]: value });
  const load = async (/** @type {string | undefined} */ cursor) => {
    const { kind, office, from, to } = asked;
    const period = { from: from && instant(from, '00:00'), to: to && instant(dayAfter(to), '00:00') };
    return (await api.get('/audit', { query: { kind, office: office.trim(), ...period, limit: 50, cursor } })).data;
  };
  const kinds = KINDS.map((kind) => [kind, kindName(kind)]).sort(([, one], [, other]) => one.localeCompare(other));
  return html`<div class="office">
    <${PageHead} title=${t('nav.audit')} lead=${t('audit.lead')} />
    <${Form} act=${async () => setAsked(draft)}>
      <div class="filters">
        <${Select} label=${t('audit.kind')} value=${draft.kind} onInput=${set('kind')} options=${[['', t('filter.all')], ...kinds]} />
        <${Field} label=${t('audit.office')} maxlength="120" value=${draft.office} onInput=${set('office')} />
        <${Field} type="date" label=${t('period.from')} value=${draft.from} onInput=${set('from')} />
        <${Field} type="date" label=${t('period.to')} value=${draft.to} min=${draft.from || undefined} onInput=${set('to')} />
        <${Button} type="submit" kind="quiet" icon="filter">${t('period.show')}<//>
      </div>
    <//>
    <${Paged} label=${t('nav.audit')} load=${load} deps=${[asked]} row=${row} empty=${html`<${Empty} icon="search" title=${t('filter.nothing')}>${t('filter.nothing_text')}<//>`} />
  </div>`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const short = (/** @type {string} */ id) => id.slice(-8);

const row = (/** @type {Api.LogEntry} */ { at, kind, office, purpose, object, actor, subject }) => html`<article class="card log">
  <time datetime=${at}>${dateTime(at)}</time>
  <div class="grow"><strong>${kindName(kind)}</strong> <code>${kind}</code>
    <span class="quiet line">${office}${object && html` · <code title=${object}>${UUID.test(object) ? short(object) : object}</code>`}</span></div>
  <dl>
    <div><dt>${t('audit.purpose')}</dt><dd>${purpose}</dd></div>
    <div><dt>${t('audit.actor')}</dt><dd>${actor ? html`<code title=${actor}>${short(actor)}</code>` : t('audit.nobody')}</dd></div>
    ${subject && html`<div><dt>${t('audit.subject')}</dt><dd><code title=${subject}>${short(subject)}</code></dd></div>`}
  </dl>
</article>`;
