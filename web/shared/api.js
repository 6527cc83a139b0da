// The one place that asks the API: who I am, one wish with one key, time-outs, and a "no" as a `Problem`.
//
// Paths are written as in /openapi.json, `api.get('/deeds/{code}', {path: {code}})`: the path decides what a wish may
// say and what its answer holds (`web/types/`), and `make types` finds what does not fit.

import { heardTime } from './clock.js';
import { accessToken, forgetAccess } from './tokens.js';
import { heard } from './network.js';
import { Problem } from './problems.js';
import { language } from './strings.js';

const ROOT = '/api/v1';
const ANSWERED_WITHIN_MS = 15_000;
const SENT_WITHIN_MS = 120_000; // a photo on a bad line

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

/** @param {string} template @param {Api.AnyWish} wish */
function addressOf(template, { path = {}, query = {} }) {
  const filled = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name]));
  const asked = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((one) => ({ name, one })))
    .filter(({ one }) => one !== undefined && one !== null && one !== '');
  return ROOT + filled + (asked.length ? `?${new URLSearchParams(asked.map(({ name, one }) => [name, String(one)]))}` : '');
}

/**
 * @param {string} method
 * @param {string} template
 * @param {Api.AnyWish} wish
 * @returns {Promise<Api.Answer>}
 */
async function call(method, template, wish) {
  const token = wish.bearer ?? (wish.open ? null : await accessToken());
  let response = await sent(method, template, wish, token);
  if (response.status === 401 && token && !wish.bearer) {
    await forgetAccess(token); // this device's clock, or a role that was taken away: renewed once
    response = await sent(method, template, wish, await accessToken());
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

/** @param {string} method @param {string} template @param {Api.AnyWish} wish @param {string | null} token */
async function sent(method, template, wish, token) {
  const headers = new Headers({ 'Accept-Language': language() });
  if (token) headers.set('Authorization', `Bearer ${token}`);
  if (wish.key) headers.set('Idempotency-Key', wish.key);
  if (wish.ifMatch) headers.set('If-Match', wish.ifMatch);
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

/** @param {string} method @returns {any} typed by the path, below */
const asking = (method) => (/** @type {string} */ path, /** @type {Api.AnyWish} */ wish = {}) => call(method, path, wish);

export const api = {
  /** @type {Api.Ask<'get'>} */ get: asking('GET'),
  /** @type {Api.Ask<'post'>} */ post: asking('POST'),
  /** @type {Api.Ask<'put'>} */ put: asking('PUT'),
  /** @type {Api.Ask<'patch'>} */ patch: asking('PATCH'),
  /** @type {Api.Ask<'delete'>} */ delete: asking('DELETE'),
};
