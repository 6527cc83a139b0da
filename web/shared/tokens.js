// The access token lives in this page's memory; the refresh token, which signs a device in, in IndexedDB.
//
// IndexedDB rather than localStorage, because a service worker has to renew as well when it sends what waited. A script
// of another's making could read either; the Content-Security-Policy lets none run. A cookie would make every address
// of the API one that other sites can ask in our name.
//
// A refresh token works once, and a second use ends the session: one lock for all tabs and the worker sees to it that
// the newest is read, used and written by one at a time. Were its answer lost, the API takes it again for 30 seconds.
//
// A till is a device and nobody's account: its shift's token lies there too, is not renewed, and goes before a person's.

import { face } from './face.js';
import { heard } from './network.js';
import { Problem } from './problems.js';
import * as store from './store.js';

const RENEWED_BEFORE_MS = 30_000;
const REFRESH = '/api/v1/auth/tokens/refresh';

/** @type {{token: string, until: number} | null} by this page's own watch: the device's clock may be wrong */
let access = null;

/** Somebody who came or went in one tab did so in all of them, and in the worker: none goes on in the old name. */
const channel = new BroadcastChannel(`bonafeta-${face}-session`);
channel.addEventListener('message', ({ data }) => {
  access = null;
  globalThis.dispatchEvent(new Event(data));
});

/** Say everywhere that somebody has come or gone. @param {'bonafeta:signed-in' | 'bonafeta:signed-out'} name */
export function tell(name) {
  channel.postMessage(name);
  globalThis.dispatchEvent(new Event(name));
}

/** @returns {Promise<string | null>} a good access token, or null where nobody is signed in */
export async function accessToken() {
  const shift = face === 'till' && (await store.get('session', 'shift'));
  if (shift) {
    return shift;
  }
  if (access && performance.now() < access.until) {
    return access.token;
  }
  return navigator.locks.request(`bonafeta-${face}-tokens`, async () => {
    if (access && performance.now() < access.until) {
      return access.token;
    }
    const refresh = await store.get('session', 'refresh');
    return refresh ? renewed(refresh) : null;
  });
}

/** @param {string} refresh */
async function renewed(refresh) {
  let response;
  try {
    response = await fetch(REFRESH, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ refresh_token: refresh }),
      signal: AbortSignal.timeout(15_000),
      credentials: 'omit',
    });
    heard(true);
  } catch {
    heard(false);
    throw new Problem(0, 'offline');
  }
  const answer = await response.json().catch(() => ({ code: 'unreadable' }));
  if (response.ok && answer.access_token) {
    await keep(answer);
    return answer.access_token;
  }
  if (response.status === 401) {
    await forget();
    tell('bonafeta:signed-out');
    throw new Problem(401, 'signed_out');
  }
  throw new Problem(response.ok ? 0 : response.status, answer.code ?? 'unreadable', answer);
}

/** @param {{access_token: string, refresh_token: string, expires_in: number}} pair */
export async function keep(pair) {
  await store.put('session', 'refresh', pair.refresh_token);
  access = { token: pair.access_token, until: performance.now() + pair.expires_in * 1000 - RENEWED_BEFORE_MS };
}

/** Do not use this access token again. @param {string} token */
export async function forgetAccess(token) {
  if (access?.token === token) access = null;
  if (face === 'till' && (await store.get('session', 'shift')) === token) {
    await store.remove('session', 'shift');
    globalThis.dispatchEvent(new Event('bonafeta:shift'));
  }
}

/** Nobody is signed in here any more. */
export async function forget() {
  access = null;
  await store.remove('session', 'refresh');
  await store.remove('kept', 'me');
}

export const isSignedIn = async () => (await store.get('session', 'refresh')) !== undefined;
