// One of my deeds: where it stands, what is asked of me, who decided what by which rule, and how to object.

import { api } from '../../shared/api.js';
import { html, useState } from '../../shared/html.js';
import { useAsked } from '../../shared/hooks.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Banner, Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { date, dateTime, points } from '../../shared/format.js';
import { problemText } from '../../shared/problems.js';
import { language, t } from '../../shared/strings.js';
import { Back } from '../components/back.js';
import { Decisions } from '../components/decisions.js';
import { amount, muchOf } from '../components/deed_words.js';
import { Answer } from '../components/answer.js';
import { StatusTag } from '../components/my_deed_row.js';
import { OwnPhotos } from '../components/own_photos.js';

const OPEN = ['submitted', 'awaiting_confirmation', 'in_review', 'asked'];

/** @param {{id: string}} props */
export default function MyDeed({ id }) {
  const asked = useAsked(async (signal) => (await api.get('/submissions/{submission_id}', { path: { submission_id: id }, signal })).data, [id, language()], { keep: `my-deed.${id}` });
  const one = /** @type {Api.SubmissionItem | undefined} */ (asked.data); // one's own, not as verifiers see it
  const { error, again } = asked;
  const back = html`<${Back} to="/my-deeds">${t('my.title')}<//>`;
  if (!one) return html`${back}${error ? html`<${Missing} error=${error} onRetry=${again} />` : html`<${Skeleton} lines=${5} />`}`;
  return html`${back}
    <h1>${one.deed_title}</h1>
    <p class="row"><${StatusTag} status=${one.status} /><span class="quiet">${date(one.done_at)}${muchOf(one)}</span></p>
    <${Stands} one=${one} />
    ${needs(one) && html`<${Answer} key=${one.revision} one=${one} onDone=${again} />`}
    <${Decisions} one=${one} />
    <section class="card">
      <h2>${t('my.sent')}</h2>
      <dl class="facts">
        ${one.event && html`<div><dt>${t('claim.event')}</dt><dd>${one.event.title}</dd></div>`}
        <div><dt>${t('claim.note')}</dt><dd class="pre">${one.note ?? t('my.no_note')}</dd></div>
        ${one.evidence.length > 0 && html`<div><dt>${t('my.photos')}</dt><dd><${OwnPhotos} photos=${one.evidence} /></dd></div>`}
        ${one.confirmation && html`<div><dt>${t('my.organiser')}</dt><dd>${confirmed(one.confirmation, one.unit)}</dd></div>`}
        <div><dt>${t('my.sent_at')}</dt><dd>${dateTime(one.submitted_at)}</dd></div>
      </dl>
      <p class="after"><a href="#/deeds/${one.deed}/history">${t('my.rule', { version: one.rule_version })}</a></p>
    </section>
    ${OPEN.includes(one.status) && html`<${Withdraw} id=${id} onDone=${again} />`}`;
}

/** What only its owner can give. @param {Api.SubmissionItem} one */
const needs = (one) => one.status === 'asked' || (one.status === 'submitted' && one.evidence_needed.includes('photo'));

/** @param {{error: any, onRetry: () => void}} props */
function Missing({ error, onRetry }) {
  if (error.status === 404) return html`<${Empty} icon="search" title=${t('my.unknown')} action=${html`<${ButtonLink} href="#/my-deeds" kind="quiet">${t('my.title')}<//>`} />`;
  return html`<${ErrorBox} error=${error} onRetry=${onRetry} />`;
}

/** Where it stands, in a sentence. @param {{one: Api.SubmissionItem}} props */
function Stands({ one }) {
  if (one.status === 'in_review') return html`<${Banner} icon="clock"><p>${t('my.in_review', { day: date(/** @type {string} */ (one.promised_by)) })}</p><//>`;
  if (one.status === 'awaiting_confirmation') return html`<${Banner} icon="clock"><p>${t('my.awaiting', { day: date(/** @type {string} */ (one.due_at)) })}</p><//>`;
  if (one.status === 'asked') return html`<${Banner} kind="warning"><p>${t('my.asked', { day: date(/** @type {string} */ (one.due_at)) })}</p><//>`;
  if (one.status === 'submitted' && one.evidence_needed.includes('event_code')) {
    return html`<${Banner} kind="warning" action=${html`<${ButtonLink} href="#/check-in" icon="scan">${t('check_in.title')}<//>`}><p>${t('my.needs_code')}</p><//>`;
  }
  if (one.status === 'submitted') return html`<${Banner} kind="warning"><p>${t('my.needs_photo')}</p><//>`;
  if (one.status === 'approved') return html`<${Banner} kind="good"><p>${earned(one)}</p><//>`;
  if (one.status === 'withdrawn') return html`<${Banner}><p>${t('my.withdrawn')}</p><//>`;
  return null; // the decision below says why
}

/** @param {Api.SubmissionItem} one */
function earned(one) {
  if (one.without_points) return t('my.approved_without');
  const got = t('my.approved', { points: points(one.points_awarded ?? 0) });
  return one.cap_bound ? `${got} ${t(`cap_bound.${one.cap_bound}`)}` : got;
}

/** @param {Api.ConfirmationItem} confirmation @param {string} unit */
function confirmed(confirmation, unit) {
  if (!confirmation.confirmed) return t('my.organiser_no', { text: confirmation.text });
  return confirmation.quantity ? t('my.organiser_amount', { amount: amount(confirmation.quantity, unit) }) : t('my.organiser_yes');
}

/** @param {{id: string, onDone: () => void}} props */
function Withdraw({ id, onDone }) {
  const [isAsking, setAsking] = useState(false);
  async function withdraw() {
    try {
      await api.delete('/submissions/{submission_id}', { path: { submission_id: id } });
      setAsking(false);
      onDone();
    } catch (problem) {
      setAsking(false);
      toast(problemText(problem));
    }
  }
  return html`<p class="after"><${Button} kind="bare" icon="undo" onClick=${() => setAsking(true)}>${t('my.withdraw')}<//></p>
    ${isAsking && html`<${Confirm} title=${t('my.withdraw')} yes=${t('my.withdraw_yes')} no=${t('my.withdraw_no')} isDanger onYes=${withdraw} onClose=${() => setAsking(false)}><p>${t('my.withdraw_text')}</p><//>`}`;
}
