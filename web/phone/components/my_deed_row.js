// What I did, in a list: its state in words, and until when a decision is promised.

import { html } from '../../shared/html.js';
import { Icon } from '../../shared/components/icons.js';
import { date, points, shortDate } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { muchOf } from './deed_words.js';

const LOOKS = {
  submitted: ['warning', 'warning'],
  awaiting_confirmation: ['', 'clock'],
  in_review: ['', 'clock'],
  asked: ['warning', 'warning'],
  approved: ['good', 'check'],
  declined: ['bad', 'cross'],
  withdrawn: ['', 'minus'],
  reversed: ['bad', 'undo'],
};

/** @param {{status: string}} props */
export function StatusTag({ status }) {
  const [look, icon] = /** @type {any} */ (LOOKS)[status];
  return html`<span class="tag ${look}"><${Icon} name=${icon} size=${16} />${t(`status.${status}`)}</span>`;
}

/** @param {{one: Api.SubmissionItem}} props a submission */
export function MyDeedRow({ one }) {
  return html`<a class="card entry" href="#/my-deeds/${one.id}">
    <span class="grow">
      <span class="title">${one.deed_title}</span>
      <span class="quiet">${shortDate(one.done_at)}${muchOf(one)}</span>
      <span class="row"><${StatusTag} status=${one.status} /><span class="until">${next(one)}</span></span>
    </span>
    <${Icon} name="next" size=${20} />
  </a>`;
}

/** What happens next, and by when. @param {Api.SubmissionItem} one */
function next(one) {
  if (one.status === 'in_review' && one.promised_by) return t('my.by', { day: date(one.promised_by) });
  if (one.status === 'asked' && one.due_at) return t('my.answer_by', { day: date(one.due_at) });
  if (one.status === 'awaiting_confirmation' && one.due_at) return t('my.confirmed_by', { day: date(one.due_at) });
  if (one.status === 'approved') return one.without_points ? t('my.without_points') : points(one.points_awarded ?? 0);
  return '';
}
