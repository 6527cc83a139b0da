// A decision is made when it is pressed: for ten seconds it can be taken back, and a page that is closed sends it at once.
//
// It lies in the outbox with its key meanwhile. So closing the page takes nothing back: what went out then is sent
// again when the console is next open, and the key makes it one decision; what did not go out goes out then.

import { api } from '../shared/api.js';
import { callOff, dismiss, enqueue, outbox } from '../shared/queue.js';
import { go, here } from '../shared/router.js';

export const UNDO_SECONDS = 10;
export const CASE = '/queue/case';
const BESIDE_MAX = 10;

/** @typedef {Api.ReviewedSubmission & {until: number}} Case `until` it is held, by this page's own watch */

/** What this page can take back still, the newest last. @type {Map<string, {entry: import('../shared/queue.js').Entry, shown: Case}>} */
const open = new Map();
/** A case whose decision was taken back: it is the next one. @type {Case | null} */
let comesBack = null;

/**
 * @param {Case} shown the case as it was seen: its revision goes with the decision
 * @param {Api.Verification} decision
 * @returns {Promise<string>} for `takeBack`
 */
export async function decide(shown, decision) {
  const path = { submission_id: shown.id };
  /** @type {Api.Step} */
  const step = { post: '/submissions/{submission_id}/verification', path, json: decision, ifMatch: `"${shown.revision}"` };
  const about = { submission: shown.id, title: shown.deed_title, decision: decision.decision };
  const entry = await enqueue([step], { about, afterMs: UNDO_SECONDS * 1000 });
  open.set(entry.id, { entry, shown });
  setTimeout(() => open.delete(entry.id), UNDO_SECONDS * 1000);
  return entry.id;
}

/** Take one back, or the last one, and show its case again. @param {string} [id] @returns {Promise<boolean>} false: too late */
export async function takeBack(id = [...open.keys()].pop()) {
  const found = id === undefined ? undefined : open.get(id);
  if (id === undefined || !found || !(await callOff(id))) return false;
  open.delete(id);
  comesBack = found.shown;
  dispatchEvent(new Event('staff:taken-back'));
  if (here().path !== CASE) go(CASE);
  return true;
}

/**
 * The next case, or the one that is held; null where nothing waits.
 * @param {ReturnType<typeof import('./wishes.js').wishOf>} wish which cases @param {string[]} [aside] others that are held, and not meant
 * @returns {Promise<Case | null>}
 */
export async function lease(wish, aside = []) {
  if (comesBack) {
    const back = comesBack;
    comesBack = null;
    return back;
  }
  const decided = (await outbox()).filter(({ state }) => state === 'waiting').map(({ about }) => about?.submission);
  const beside = [...decided.filter(Boolean), ...aside].slice(-BESIDE_MAX);
  const { data } = await api.post('/review-queue/lease', { query: { ...wish, beside } });
  return data && { ...data, until: performance.now() + data.leased_seconds * 1000 };
}

/** Send at once what could still be taken back: its owner goes. */
export async function sendNow() {
  const waiting = [...open.values()];
  open.clear();
  await Promise.allSettled(
    waiting.map(async ({ entry }) => {
      const [{ post, ...step }] = entry.steps;
      await api.post(post, { ...step, keepalive: true });
      await dismiss(entry.id);
    }),
  );
}

addEventListener('pagehide', () => void sendNow());
