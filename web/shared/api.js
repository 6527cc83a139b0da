// The one place that asks the API: who I am, one wish with one key, time-outs, and a "no" as a `Problem`.
//
// Paths are written as in /openapi.json, `api.get('/deeds/{code}', {path: {code}})`: a test finds each there.

import { heardTime } from './clock.js';
import { accessToken, forgetAccess } from './tokens.js';
import { heard } from './network.js';
import { Problem } from './problems.js';
import { language } from './strings.js';

const ROOT = '/api/v1';
const ANSWERED_WITHIN_MS = 15_000;
const SENT_WITHIN_MS = 120_000; // a photo on a bad line

/**
 * @typedef {object} Wish
 * @property {Record<string, string>} [path] what stands for `{name}`
 * @property {Record<string, string | number | boolean | string[] | undefined | null>} [query] a list is a name for each
 * @property {unknown} [json]
 * @property {FormData} [form]
 * @property {string} [key] `Idempotency-Key`: one per wish, from `newKey()`, the same when it is sent again
 * @property {string} [ifMatch]
 * @property {string} [ifNoneMatch]
 * @property {boolean} [open] ask without saying who I am
 * @property {string} [bearer] ask with this token, a till's own, instead of who is signed in
 * @property {'json' | 'text' | 'blob'} [as] json unless told otherwise
 * @property {AbortSignal} [signal]
 * @property {boolean} [keepalive] sent also when the page is closed at once
 * @property {(share: number) => void} [onProgress] how much of `form` has been sent, from 0 to 1
 *
 * @typedef {object} Answer
 * @property {number} status 304 where `ifNoneMatch` still holds; `data` is then null
 * @property {any} data
 * @property {string | null} etag
 * @property {boolean} isReplay
 */

/** Who wishes something makes its key at once, before it is first sent. */
export const newKey = () => crypto.randomUUID();

/** An id that this device gives to a submission (UUIDv7): its time, then chance. */
export function newSubmissionId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | 0x7000n | BigInt(((bytes[6] & 0x0f) << 8) | bytes[7]));
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return text.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

/** @param {string} template @param {Wish} wish */
function addressOf(template, { path = {}, query = {} }) {
  const filled = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const asked = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
    .filter(([, value]) => value !== undefined && value !== null && value !== '');
  return ROOT + filled + (asked.length ? `?${new URLSearchParams(asked.map(([name, value]) => [name, String(value)]))}` : '');
}

/**
 * @param {string} method
 * @param {string} template
 * @param {Wish} wish
 * @returns {Promise<Answer>}
 */
async function call(method, template, wish) {
  const token = wish.bearer ?? (wish.open ? null : await accessToken());
  let response = await sent(method, template, wish, token);
  if (response.status === 401 && token && !wish.bearer) {
    await forgetAccess(token); // this device's clock, or a role that was taken away: renewed once
    response = await sent(method, template, wish, await accessToken());
  }
  if (response.status === 304) {
    return { status: 304, data: null, etag: response.headers.get('ETag'), isReplay: false };
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  return {
    status: response.status,
    data: response.status === 204 ? null : await read(response, wish.as ?? 'json'),
    etag: response.headers.get('ETag'),
    isReplay: response.headers.get('Idempotency-Replayed') === 'true',
  };
}

/** @param {string} method @param {string} template @param {Wish} wish @param {string | null} token */
async function sent(method, template, wish, token) {
  const headers = new Headers({ 'Accept-Language': language() });
  if (token) headers.set('Authorization', `Bearer ${token}`);
  if (wish.key) headers.set('Idempotency-Key', wish.key);
  if (wish.ifMatch) headers.set('If-Match', wish.ifMatch);
  if (wish.ifNoneMatch) headers.set('If-None-Match', wish.ifNoneMatch);
  if (wish.json !== undefined) headers.set('Content-Type', 'application/json');
  const limit = AbortSignal.timeout(wish.form ? SENT_WITHIN_MS : ANSWERED_WITHIN_MS);
  const ask = wish.onProgress && globalThis.XMLHttpRequest ? uploading(wish.onProgress) : fetch;
  try {
    const response = await ask(addressOf(template, wish), {
      method,
      headers,
      body: wish.form ?? (wish.json === undefined ? undefined : JSON.stringify(wish.json)),
      signal: wish.signal ? AbortSignal.any([wish.signal, limit]) : limit,
      keepalive: wish.keepalive ?? false,
      cache: wish.ifNoneMatch ? 'no-store' : 'default', // else the browser answers 304 for us
      credentials: 'omit',
    });
    heard(true);
    if (!wish.open) heardTime(response.headers.get('Date'));
    return response;
  } catch (error) {
    if (wish.signal?.aborted) throw error;
    heard(limit.aborted);
    throw new Problem(0, limit.aborted ? 'timeout' : 'offline');
  }
}

/** `fetch` that tells how much it has sent, which fetch itself cannot. @param {(share: number) => void} onProgress */
function uploading(onProgress) {
  return (/** @type {string} */ address, /** @type {any} */ { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, address);
      headers.forEach((/** @type {string} */ value, /** @type {string} */ name) => request.setRequestHeader(name, value));
      request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
      request.onload = () => {
        const headers = { 'Content-Type': request.getResponseHeader('Content-Type') ?? '' };
        resolve(new Response(request.status === 204 ? null : request.responseText, { status: request.status, headers }));
      };
      request.onerror = () => reject(new TypeError('offline'));
      request.onabort = () => reject(new TypeError('aborted'));
      signal.addEventListener('abort', () => request.abort());
      request.send(body);
    });
}

/** @param {Response} response @param {'json' | 'text' | 'blob'} as */
async function read(response, as) {
  try {
    return await response[as]();
  } catch {
    throw new Problem(0, 'unreadable'); // the line broke in the middle
  }
}

/** @param {Response} response */
async function problemOf(response) {
  const facts = await response.json().catch(() => ({}));
  return new Problem(response.status, facts.code ?? 'unreadable', facts);
}

/** @typedef {(path: string, wish?: Wish) => Promise<Answer>} Ask */

export const api = {
  /** @type {Ask} */ get: (path, wish = {}) => call('GET', path, wish),
  /** @type {Ask} */ post: (path, wish = {}) => call('POST', path, wish),
  /** @type {Ask} */ put: (path, wish = {}) => call('PUT', path, wish),
  /** @type {Ask} */ patch: (path, wish = {}) => call('PATCH', path, wish),
  /** @type {Ask} */ delete: (path, wish = {}) => call('DELETE', path, wish),
};
