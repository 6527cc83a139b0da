// A scan is written down with its key before it is sent, so that it is counted once, also where the answer is lost.

import { api } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { dateTime, lastDay, shortDate, time } from '../shared/format.js';
import { Problem, problemText } from '../shared/problems.js';
import { enqueue, outbox } from '../shared/queue.js';
import { t } from '../shared/strings.js';

const LOOKED_UP_WITHIN_MS = 6_000;

/**
 * @typedef {import('../shared/queue.js').Entry} Entry
 * @typedef {Api.RedemptionShown} Redemption
 *
 * What a scan came to. `asked`: nobody knows yet.
 * @typedef {{kind: 'good', title: string, redemption: Redemption}
 *   | {kind: 'bad', title: string, reason: string, more?: string}
 *   | {kind: 'asked', title: string, problem: Entry['problem'], since: string}} Outcome
 */

/**
 * A glance: nothing is used up. Null where nobody can be asked now.
 * @param {string} code
 * @returns {Promise<Outcome | {kind: 'valid', title: string, until: string} | null>}
 */
export async function lookUp(code) {
  try {
    const { data } = await api.post('/till/lookups', { json: { code }, signal: AbortSignal.timeout(LOOKED_UP_WITHIN_MS) });
    if (data.status === 'valid') return { kind: 'valid', title: data.title, until: untilText(data.valid_until) };
    const facts = { redeemed_at: data.ended_at, cancelled_at: data.ended_at, expired_at: data.valid_until };
    return bad(data.title, { redeemed: 'already_redeemed', expired: 'voucher_expired', cancelled: 'voucher_cancelled' }[data.status], facts);
  } catch (error) {
    if (!(error instanceof Problem) || (error.isOpen && error.status !== 429)) return null;
    return bad('', error.code, error.facts, error);
  }
}

/** Use the voucher; a code that waits already is not sent a second time. @param {string} code @param {string} title */
export async function redeem(code, title) {
  const before = (await outbox()).find((entry) => entry.state === 'waiting' && codeOf(entry) === code);
  /** @type {Api.Step} */
  const step = { post: '/till/redemptions', json: { code } };
  return before ?? enqueue([step], { about: { title, at: now().toISOString() }, keepAnswer: true });
}

/** Take it back, for ten minutes. @param {string} id */
export const undo = (id) => api.delete('/till/redemptions/{redemption_id}', { path: { redemption_id: id } });

/** @param {Entry} entry @returns {Outcome} */
export function outcomeOf(entry) {
  const { title } = entry.about;
  const [redemption] = entry.answers;
  if (entry.state === 'done') return { kind: 'good', title: redemption.title, redemption };
  const { problem } = entry;
  if (entry.state === 'waiting' || !problem) return { kind: 'asked', title, problem, since: sinceText(entry) };
  return bad(title, problem.code, problem.facts, new Problem(problem.status, problem.code, problem.facts));
}

/** @param {Entry} entry */
const codeOf = (entry) => /** @type {any} */ (entry.steps[0].json).code;

/** Enough of a code to tell it from others. @param {Entry} entry */
export const tailOf = (entry) => codeOf(entry).slice(-3);

/** "11:00, code …KMN" @param {Entry} entry */
export const sinceText = (entry) => t('waiting.one', { time: time(entry.about.at), tail: tailOf(entry) });

/** @param {string} title @param {string | undefined} code @param {any} facts @param {unknown} [error] @returns {Outcome} */
function bad(title, code, facts, error) {
  if (code === 'already_redeemed') return { kind: 'bad', title, reason: usedText(facts.redeemed_at) };
  if (code === 'voucher_expired') return { kind: 'bad', title, reason: t('bad.expired', { date: dayText(facts.expired_at) }) };
  if (code === 'voucher_cancelled') return { kind: 'bad', title, reason: t('bad.cancelled'), more: t('bad.cancelled_more') };
  if (code === 'not_found') return { kind: 'bad', title, reason: t('bad.unknown'), more: t('bad.unknown_more') };
  return { kind: 'bad', title, reason: problemText(error) };
}

/** What was scanned is no code of ours: nobody need be asked. @returns {Outcome} */
export const noVoucher = () => ({ kind: 'bad', title: '', reason: t('bad.no_voucher'), more: t('bad.no_voucher_more') });

/** @param {string} at */
function usedText(at) {
  if (shortDate(at) === shortDate(now())) return t('bad.used_today', { time: time(at) });
  return t('bad.used', { date: shortDate(at), time: time(at) });
}

/** A voucher ends as a day begins, but for one that was given back and has a day left from then. @param {string} at */
const dayText = (at) => (time(at) === '00:00' ? lastDay(at) : dateTime(at));

/** @param {string} at */
const untilText = (at) => t('glance.until', { date: dayText(at) });
