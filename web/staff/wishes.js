// Which cases somebody looks at stands in the address, so that "next", a reload and a colleague's link mean the same.

import { now } from '../shared/clock.js';

const DAY_MS = 86_400_000;

/** @typedef {{category: string, event: string, days: string, second: string}} Filters */

/** @param {URLSearchParams} query @returns {Filters} */
export const filtersOf = (query) => ({
  category: query.get('category') ?? '',
  event: query.get('event') ?? '',
  days: query.get('days') ?? '',
  second: query.get('second') ?? '',
});

/** What the API is asked for. @param {Filters} filters */
export const wishOf = ({ category, event, days, second }) => ({
  category,
  event,
  queued_before: Number(days) > 0 ? new Date(now().getTime() - Number(days) * DAY_MS).toISOString() : '',
  needs_second: second ? second === 'true' : undefined,
});

/** @param {string} path @param {Filters} filters */
export function pathWith(path, filters) {
  const chosen = Object.entries(filters).filter(([, value]) => value);
  return chosen.length ? `${path}?${new URLSearchParams(chosen)}` : path;
}
