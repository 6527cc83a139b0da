// A till is a device of a partner: paired once by a manager's code, at work during a shift that its PIN opens.

import { api } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { useEffect, useState } from '../shared/html.js';
import { Problem } from '../shared/problems.js';
import { OUTBOX_LOCK, sendAll } from '../shared/queue.js';
import * as store from '../shared/store.js';
import { forgetAccess } from '../shared/tokens.js';

const LOOKED_AT_EACH_MS = 60_000;

/**
 * @typedef {object} Device
 * @property {string} token opens shifts and nothing else
 * @property {{code: string, name: string}} partner
 * @property {{id: string, name: string, state: string, locked_until: string | null, shift_ends_at: string | null}} till
 * @property {string | null} shiftUntil of a shift that nobody has ended by hand
 *
 * @typedef {{device: Device | null, isOnShift: boolean, wasEnded: boolean}} Standing
 */

/** @returns {Promise<Standing>} as it is kept here */
async function standing() {
  const [device, shift, wasEnded] = await Promise.all(['till', 'shift', 'ended'].map((key) => store.get('session', key)));
  return { device: device ?? null, isOnShift: Boolean(device && shift), wasEnded: Boolean(wasEnded) };
}

const told = () => dispatchEvent(new Event('bonafeta:shift'));

/**
 * Make a till of this device. Its token is told this once, so it is kept before anything else.
 * @param {string} code @param {string} pin @param {string} name may be empty
 */
export async function pair(code, pin, name) {
  const wish = { pairing_code: code, pin, ...(name ? { name } : {}) };
  const { data } = await api.post('/till/devices', { json: wish, open: true });
  await store.put('session', 'till', { token: data.till_token, partner: data.partner, till: data.till, shiftUntil: null });
  await Promise.all(['shift', 'ended'].map((key) => store.remove('session', key)));
  // What waits was scanned at another till, and is not to be counted at this one.
  await navigator.locks.request(OUTBOX_LOCK, async () => {
    if ((await store.get('session', 'owner')) === data.till.id) return;
    await store.empty('outbox');
    await store.put('session', 'owner', data.till.id);
  });
  told();
}

/** @param {Device} device @param {string} pin */
export async function beginShift(device, pin) {
  try {
    const { data } = await api.post('/till/shifts', { json: { pin }, bearer: device.token });
    await store.put('session', 'till', { ...device, partner: data.partner, till: data.till, shiftUntil: data.till.shift_ends_at });
    await store.put('session', 'shift', data.access_token);
  } catch (error) {
    if (isNoTill(error)) return forget();
    throw error;
  }
  told();
  sendAll();
}

/** End the shift, here in any case: without a network the server ends it when its twelve hours are over. */
export async function endShift() {
  try {
    await api.delete('/till/shifts');
  } catch (error) {
    console.info('ended on this device only', String(error));
  }
  const device = await store.get('session', 'till');
  if (device) await store.put('session', 'till', { ...device, shiftUntil: null });
  await store.remove('session', 'shift');
  told();
}

/** Ask how this till stands: it may have been ended, locked or renamed, and its shift be over. */
async function look() {
  const { device } = await standing();
  if (!device) return;
  const shift = await store.get('session', 'shift');
  try {
    const { data } = await api.get('/till/me', { bearer: device.token });
    await store.put('session', 'till', { ...device, partner: data.partner, till: data.till });
    if (shift && !data.till.shift_ends_at) await forgetAccess(shift);
  } catch (error) {
    if (isNoTill(error)) await forget();
  }
}

const isNoTill = (/** @type {unknown} */ error) => error instanceof Problem && error.status === 401;

/** A manager has ended this till, or another device took its place. */
async function forget() {
  await Promise.all(['till', 'shift'].map((key) => store.remove('session', key)));
  await store.put('session', 'ended', true);
  told();
}

/** How this device stands; undefined until it is known. @returns {Standing | undefined} */
export function useTill() {
  const [found, setFound] = useState(/** @type {Standing | undefined} */ (undefined));
  useEffect(() => {
    const read = async () => setFound(await standing());
    const asked = () => look().then(read);
    const seen = () => document.visibilityState === 'visible' && void asked();
    const over = async () => {
      const { device, isOnShift } = await standing();
      if (isOnShift && device?.shiftUntil && now() >= new Date(device.shiftUntil)) await asked();
    };
    read().then(asked);
    const timer = setInterval(over, LOOKED_AT_EACH_MS);
    addEventListener('bonafeta:shift', read);
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      removeEventListener('bonafeta:shift', read);
      document.removeEventListener('visibilitychange', seen);
    };
  }, []);
  return found;
}
