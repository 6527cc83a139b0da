// A "no" of the API keeps its code and facts on the way to the reader, who gets a sentence that says what to do.

import { has, t } from './strings.js';

/** What the API refused, or what kept us from asking it (`code` offline, timeout or unreadable; `status` 0). */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {Record<string, any>} facts */
  constructor(status, code, facts = {}) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
    this.facts = facts;
    /** @type {number | undefined} seconds */
    this.retryAfter = facts.retry_after;
  }

  /** Whether nothing is known about what happened: the same request, with the same key, is to be sent again. */
  get isOpen() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/**
 * In the reader's language: `problem.<code>` of the face or the shared strings, else what the status says.
 * @param {unknown} error
 */
export function problemText(error) {
  if (!(error instanceof Problem)) {
    return t('problem.crashed');
  }
  const key = `problem.${error.code}`;
  if (has(key)) {
    return t(key, error.facts);
  }
  if (error.status === 429) {
    return t('problem.too_many');
  }
  if (error.status >= 500) {
    return t('problem.server');
  }
  return t('problem.other', { code: error.code });
}
