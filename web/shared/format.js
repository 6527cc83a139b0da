// Days begin and end in the city's zone, whatever the device says; numbers and dates are written by the language.

import { city } from './city.js';
import { now } from './clock.js';
import { locale, t } from './strings.js';

const inZone = (/** @type {Intl.DateTimeFormatOptions} */ style) =>
  new Intl.DateTimeFormat(locale(), { timeZone: city().zone, ...style });

/** "23 November 2026" @param {string | Date} at */
export const date = (at) => inZone({ dateStyle: 'long' }).format(new Date(at));

/** "23 Nov 2026" @param {string | Date} at */
export const shortDate = (at) => inZone({ dateStyle: 'medium' }).format(new Date(at));

/** "10:42" @param {string | Date} at */
export const time = (at) => inZone({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));

/** "23 Nov 2026, 10:42" @param {string | Date} at */
export const dateTime = (at) => `${shortDate(at)}, ${time(at)}`;

/** The last day before an instant, since what ends does so as its day begins. @param {string | Date} at */
export const lastDay = (at) => date(new Date(new Date(at).getTime() - 1));

/** "in 3 days" @param {string | Date} at @param {Date} [from] */
export function relative(at, from = now()) {
  const seconds = (new Date(at).getTime() - from.getTime()) / 1000;
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? UNITS[UNITS.length - 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** @param {number} n */
export const number = (n) => new Intl.NumberFormat(locale()).format(n);

/** @param {number | string} amount */
export function money(amount) {
  const style = { style: 'currency', currency: city().currency, trailingZeroDisplay: 'stripIfInteger' };
  return new Intl.NumberFormat(locale(), /** @type {any} */ (style)).format(Number(amount));
}

/** "8 points" @param {number} n */
export const points = (n) => t('points', { n });

/** The day in the city's zone, as `<input type="date">` has it. @param {Date} [at] */
export function today(at = now()) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: city().zone, dateStyle: 'short' }).format(at);
}

/**
 * The instant of a day and a time in the city's zone, as RFC 3339 for the API.
 * @param {string} day "2026-11-23" @param {string} [clock] "10:42"
 */
export function instant(day, clock = '12:00') {
  const asUtc = Date.parse(`${day}T${clock}:00Z`);
  let guess = asUtc - offset(asUtc);
  guess = asUtc - offset(guess); // once more, where the offset changes in between
  return new Date(guess).toISOString();
}

/** How far the city's wall clock is ahead of UTC at an instant, in milliseconds. @param {number} at */
function offset(at) {
  const style = /** @type {const} */ ({ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: city().zone, hourCycle: 'h23', ...style }).formatToParts(at);
  const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}
