// When it was done: a day is enough, within the event where there was one, and never in the future.

import { city } from '../../shared/city.js';
import { now } from '../../shared/clock.js';
import { instant, today } from '../../shared/format.js';

const DAY_MS = 86_400_000;

/** The days that can be chosen. @param {Api.EventItem | null} event */
export function daysOf(event) {
  const first = today(new Date(now().getTime() - (city().claim_window_days - 1) * DAY_MS));
  const start = event ? today(new Date(event.starts_at)) : first;
  const end = event?.ends_at ? today(new Date(event.ends_at)) : today();
  return { min: start > first ? start : first, max: end < today() ? end : today() };
}

/** Noon of that day, or as near to it as the event and the present allow. @param {string} day @param {Api.EventItem | null} event */
export function doneAt(day, event) {
  const latest = Math.min(now().getTime(), event?.ends_at ? Date.parse(event.ends_at) : Infinity);
  const earliest = event ? Date.parse(event.starts_at) : -Infinity;
  return new Date(Math.max(earliest, Math.min(latest, Date.parse(instant(day))))).toISOString();
}
