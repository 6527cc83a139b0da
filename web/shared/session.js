// Who is signed in on this device, and how one comes in and goes out: a code by e-mail, no password.

import { api } from './api.js';
import { city } from './city.js';
import { OUTBOX_LOCK } from './queue.js';
import * as store from './store.js';
import * as tokens from './tokens.js';

/** @typedef {Api.Me} Me */

/** Ask for a code. @param {string} email @returns {Promise<number>} seconds that it is good */
export async function askForCode(email) {
  const { data } = await api.post('/auth/codes', { json: { email }, open: true });
  return data.expires_in;
}

/**
 * Sign in. Throws `Problem` `code_invalid`, or `terms_required` where who is new has to accept the terms first.
 * @param {string} email @param {string} code @param {string} [termsVersion]
 */
export async function signIn(email, code, termsVersion) {
  const terms = termsVersion ? { terms_version: termsVersion } : {};
  const { data } = await api.post('/auth/tokens', { json: { email, code, ...terms }, open: true });
  // Nothing is sent meanwhile: what waits here is its owner's, and goes with them if somebody else has come.
  await navigator.locks.request(OUTBOX_LOCK, async () => {
    const { data: me } = await api.get('/me', { bearer: data.access_token }); // before it is theirs: this may fail
    if ((await store.get('session', 'owner')) !== me.id) {
      await Promise.all([store.empty('kept'), store.empty('outbox')]);
      await Promise.all([store.put('session', 'owner', me.id), store.put('kept', 'city', city())]); // the city is nobody's
    }
    await tokens.keep(data);
  });
  tokens.tell('bonafeta:signed-in');
}

/** Sign out here, and forget what is kept here; without a network the session stays open at the server until it ends. */
export async function signOut() {
  await forgetHere(async () => {
    try {
      await api.delete('/auth/tokens');
    } catch (error) {
      console.info('signed out on this device only', String(error));
    }
  });
}

/**
 * Forget on this device who was signed in and all that is kept for them. What is just being sent is let finish first,
 * and nothing more is sent meanwhile.
 * @param {() => Promise<void>} [first]
 */
export async function forgetHere(first) {
  await navigator.locks.request(OUTBOX_LOCK, async () => {
    await first?.();
    await tokens.forget();
    await store.clear();
  });
  tokens.tell('bonafeta:signed-out');
}

/** @returns {Promise<Me | null>} null where nobody is signed in */
export async function whoAmI() {
  if (!(await tokens.isSignedIn())) return null;
  const { data } = await api.get('/me');
  return data;
}

/** @param {Me | null} me @param {...string} roles `resident` is who has joined */
export function hasRole(me, ...roles) {
  return roles.some((role) => (role === 'resident' ? Boolean(me?.joined_at) : me?.roles.some((grant) => grant.role === role)));
}

export { isSignedIn } from './tokens.js';
