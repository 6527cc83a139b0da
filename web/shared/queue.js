// The outbox: what somebody wished for is written down with its keys at once, and sent once, in order, when it can be.
//
// It survives a closed app. One sender at a time, of all tabs and the service worker: a lock sees to that. A wish that
// was refused for good stays, with the reason, until its owner has read it.

import { api, newKey } from './api.js';
import { face } from './face.js';
import { Problem } from './problems.js';
import * as store from './store.js';

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {Api.KeptStep[]} steps each one request
 * @property {any} about what the page shows of it
 * @property {boolean} keepAnswer whether it stays once it is done, until `dismiss`
 * @property {'waiting' | 'refused' | 'done'} state
 * @property {number} stepsDone
 * @property {boolean} mayBeThere whether it was on its way while there was a network, whatever came back
 * @property {any[]} answers of each step that is done
 * @property {{status: number, code: string, facts: any} | null} problem the last one
 * @property {string} at when it was wished
 * @property {number} notBefore when it may be sent at the earliest, by this device's clock; 0 is at once
 */

const AGAIN_AFTER_MS = [2_000, 5_000, 15_000, 60_000];
export const OUTBOX_LOCK = `bonafeta-${face}-outbox-lock`;
const channel = new BroadcastChannel(`bonafeta-${face}-outbox`);
/** @type {Set<(share: number, entry: Entry) => void>} */
const watchers = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let tries = 0;

/** Everything in the outbox, the oldest first. @returns {Promise<Entry[]>} */
export const outbox = () => store.all('outbox');

/** @param {string} id @returns {Promise<Entry | undefined>} */
export const entryOf = (id) => store.get('outbox', id);

/**
 * Write a wish down, and begin to send it. It is safe once this has returned.
 * @param {Api.Step[]} steps in order: a submission, then its photo
 * @param {{about?: any, keepAnswer?: boolean, afterMs?: number}} [options] `afterMs`: for so long it can be called off
 * @returns {Promise<Entry>}
 */
export async function enqueue(steps, { about = null, keepAnswer = false, afterMs = 0 } = {}) {
  const at = new Date();
  /** @type {Entry} */
  const entry = {
    id: `${String(at.getTime()).padStart(15, '0')}-${newKey()}`,
    steps: steps.map((step) => ({ ...step, key: newKey() })),
    about,
    keepAnswer,
    state: 'waiting',
    stepsDone: 0,
    mayBeThere: false,
    answers: [],
    problem: null,
    at: at.toISOString(),
    notBefore: afterMs && at.getTime() + afterMs,
  };
  await store.put('outbox', entry.id, entry);
  told();
  navigator.serviceWorker?.ready.then((worker) => /** @type {any} */ (worker).sync?.register('outbox')).catch(() => {});
  sendAll();
  return entry;
}

/** Take one out, once its owner has read what became of it. @param {string} id */
export async function dismiss(id) {
  await navigator.locks.request(OUTBOX_LOCK, () => store.remove('outbox', id));
  told();
}

/** Call off what is not to be sent yet. @param {string} id @returns {Promise<boolean>} false: it is on its way, or gone */
export async function callOff(id) {
  const isOff = await navigator.locks.request(OUTBOX_LOCK, async () => {
    const entry = await entryOf(id);
    if (!entry || entry.state !== 'waiting' || isDue(entry)) return false;
    await store.remove('outbox', id);
    return true;
  });
  told();
  return isOff;
}

/**
 * Take back what waits, and tell whether that came in time.
 * @param {string} id
 * @returns {Promise<'never_sent' | 'maybe_sent' | 'sent' | 'refused'>} `sent`: its first step has arrived; `refused`: it
 *   was meanwhile, and stays with the reason
 */
export async function takeBack(id) {
  const became = await navigator.locks.request(OUTBOX_LOCK, async () => {
    const entry = await entryOf(id);
    if (entry?.state === 'refused') return 'refused';
    if (entry?.state !== 'waiting') return 'sent';
    await store.remove('outbox', id);
    if (entry.stepsDone) return 'sent';
    return entry.mayBeThere ? 'maybe_sent' : 'never_sent';
  });
  told();
  return became;
}

/** Send what waits, one after the other, until there is no more or the network is away. Safe to call at any time. */
export async function sendAll() {
  clearTimeout(timer);
  let next = Infinity;
  const isClear = await navigator.locks.request(OUTBOX_LOCK, async () => {
    for (const entry of await outbox()) {
      if (entry.state !== 'waiting') continue;
      if (!isDue(entry)) next = Math.min(next, entry.notBefore);
      else if (!(await sent(entry))) return false;
    }
    return true;
  });
  tries = isClear ? 0 : tries + 1;
  if (!isClear && globalThis.document) {
    timer = setTimeout(sendAll, AGAIN_AFTER_MS[Math.min(tries, AGAIN_AFTER_MS.length) - 1]);
  } else if (next < Infinity) {
    timer = setTimeout(sendAll, Math.max(0, next - Date.now()));
  }
  return isClear;
}

/** A clock that was set back since keeps nothing waiting. @param {Entry} entry */
const isDue = ({ notBefore, at }) => !(notBefore > Date.now()) || Date.now() < Date.parse(at);

/** @param {Entry} entry @returns {Promise<boolean>} whether the next may be tried */
async function sent(entry) {
  const mayHaveBeen = entry.mayBeThere;
  if (navigator.onLine && !mayHaveBeen) {
    entry.mayBeThere = true;
    await changed(entry); // an app that is closed in between never hears the answer
  }
  try {
    for (const step of entry.steps.slice(entry.stepsDone)) {
      const form = step.photo ? formOf(step.photo) : undefined;
      const onProgress = (/** @type {number} */ share) => watchers.forEach((watch) => watch(share, entry));
      const { data } = await api.post(/** @type {any} */ (step.post), { path: step.path, json: step.json, form, key: step.key, ifMatch: step.ifMatch, onProgress: form && onProgress });
      entry.answers.push(data);
      entry.stepsDone += 1;
      await changed(entry);
    }
    entry.state = 'done';
    entry.problem = null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    entry.problem = { status: error.status, code: error.code, facts: error.facts };
    if ([401, 429].includes(error.status)) entry.mayBeThere = mayHaveBeen; // it was not let in
    if (error.isOpen || error.status === 401 || error.code === 'idempotency_running') {
      await changed(entry);
      return false;
    }
    entry.state = 'refused';
  }
  await (entry.state === 'done' && !entry.keepAnswer ? store.remove('outbox', entry.id) : store.put('outbox', entry.id, entry));
  told(entry);
  return true;
}

/** @param {Blob} photo */
function formOf(photo) {
  const form = new FormData();
  form.set('photo', photo, 'photo.jpg');
  return form;
}

/** @param {Entry} entry */
async function changed(entry) {
  await store.put('outbox', entry.id, entry);
  told();
}

/** @param {Entry} [finished] */
function told(finished) {
  const outcome = finished && { id: finished.id, state: finished.state, about: finished.about, answers: finished.answers };
  channel.postMessage(outcome ?? null);
  globalThis.dispatchEvent(new CustomEvent('bonafeta:outbox', { detail: outcome }));
}

/** Hear of each change, also by other tabs; with what a wish became, once it is known. @param {(finished: any) => void} listener */
export function onOutbox(listener) {
  const here = (/** @type {any} */ event) => listener(event.detail);
  const elsewhere = (/** @type {MessageEvent} */ event) => listener(event.data);
  addEventListener('bonafeta:outbox', here);
  channel.addEventListener('message', elsewhere);
  return () => {
    removeEventListener('bonafeta:outbox', here);
    channel.removeEventListener('message', elsewhere);
  };
}

/** Hear how much of a photo has been sent. @param {(share: number, entry: Entry) => void} watch */
export function onProgress(watch) {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/** A page sends what waits when it opens, when the network is back, when somebody has signed in, when it is looked at. */
export function keepSending() {
  for (const name of ['online', 'bonafeta:signed-in']) addEventListener(name, () => void sendAll());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void sendAll());
  return sendAll();
}
