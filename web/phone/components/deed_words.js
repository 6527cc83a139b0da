// What a deed earns, asks for and still allows, in words: the same ones wherever a deed is shown.

import { now } from '../../shared/clock.js';
import { date, number, today } from '../../shared/format.js';
import { has, t } from '../../shared/strings.js';

/** How many of a submission's quantity make one of what the rule counts. @param {{unit: string}} deed */
export const perUnit = ({ unit }) => (unit === 'hour' ? 60 : 1);

/** "2 points an hour" @param {Api.DeedItem} deed */
export function earns({ unit, points: n }) {
  if (unit === 'hour') return t('deeds.per_hour', { n });
  return unit === 'item' ? t('deeds.per_item', { n }) : t('points', { n });
}

/** "1 h 30 min" @param {number} minutes */
export function duration(minutes) {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (!h) return t('time.minutes', { m });
  return m ? t('time.hours_minutes', { h, m }) : t('time.hours', { h });
}

/** A quantity as a submission has it. @param {number} quantity @param {string} unit */
export function amount(quantity, unit) {
  if (unit === 'hour') return duration(quantity);
  return unit === 'item' ? t('deeds.items', { n: quantity }) : t('deeds.times', { n: quantity });
}

/** The same after a date, where there is something to say. @param {{quantity: number, unit: string}} one */
export const muchOf = ({ quantity, unit }) => (unit === 'deed' && quantity === 1 ? '' : ` · ${amount(quantity, unit)}`);

/** @param {string} category */
export function categoryName(category) {
  const key = `deed_category.${category.replaceAll('-', '_')}`;
  return has(key) ? t(key) : category;
}

/** A tag that the city made up stands for itself. @param {string} tag */
export function accessName(tag) {
  const key = `access.${tag.replaceAll('-', '_')}`;
  return has(key) ? t(key) : tag;
}

/** @param {string} kind photo, event_code or organiser */
export const evidenceName = (kind) => t(`evidence.${kind}`);

/**
 * What the caps leave, as a quantity, also by an answer that was kept on another day; without `taken` (nobody is signed in) it is not known.
 * @param {Api.DeedItem} deed @param {Api.CapsTaken | undefined} taken as `GET /me/caps` has it
 */
export function capsLeft(deed, taken) {
  const mine = taken?.items.find((item) => item.deed === deed.code);
  const [dayMax, yearMax] = [deed.max_per_day * perUnit(deed), deed.max_per_year * perUnit(deed)];
  const of = taken?.day === today(now()) ? mine : undefined;
  const day = Math.max(0, dayMax - (of?.day_counted ?? 0));
  const year = Math.max(0, yearMax - (mine?.year_counted ?? 0));
  const waiting = of?.day_waiting ?? 0;
  const free = Math.max(0, Math.min(day - waiting, year - (mine?.year_waiting ?? 0)));
  return { today: Math.min(day, year), free, year, waiting };
}

/** "1 more today", of which nothing waits yet @param {Api.DeedItem} deed @param {Api.CapsTaken | undefined} taken */
export function leftToday(deed, taken) {
  const { today, free, year } = capsLeft(deed, taken);
  if (!year) return t('caps.none_year');
  if (!today) return t('caps.none_today');
  return free ? t('caps.left_today', { amount: bare(free, deed.unit) }) : t('caps.all_waiting');
}

/**
 * Whether a claim of that day can count on all of its points, whatever is decided on those before it; `most` is what can
 * count at all, as a quantity.
 * @param {Api.DeedItem} deed @param {number} quantity @param {string} day
 * @param {Api.CapsTaken | undefined} taken as `GET /me/caps` has it
 * @param {number} unsent what of the deed waits on this phone
 */
export function room(deed, quantity, day, taken, unsent) {
  const [dayMax, yearMax] = [deed.max_per_day * perUnit(deed), deed.max_per_year * perUnit(deed)];
  if (!taken || taken.day.slice(0, 4) !== day.slice(0, 4)) return { most: Math.min(quantity, dayMax), isSure: false };
  const { day_counted = 0, day_waiting = 0, year_counted = 0, year_waiting = 0 } = taken.items.find((item) => item.deed === deed.code) ?? {};
  const isThatDay = taken.day === day;
  const counted = isThatDay ? day_counted : 0;
  const before = isThatDay ? day_counted + day_waiting : year_counted + year_waiting - day_counted - day_waiting; // at most
  const most = Math.max(0, Math.min(quantity, dayMax - counted, yearMax - year_counted));
  return { most, isSure: most <= Math.min(dayMax - before, yearMax - year_counted - year_waiting) - unsent };
}

/** "2 a day, 104 a year" @param {Api.DeedItem} deed */
export function caps(deed) {
  const [day, year] = [deed.max_per_day, deed.max_per_year].map((most) => bare(most * perUnit(deed), deed.unit));
  return t('caps.both', { day, year });
}

/** @param {number} quantity @param {string} unit */
const bare = (quantity, unit) => (unit === 'hour' ? duration(quantity) : number(quantity));

/** Points of a quantity, before caps. @param {Api.DeedItem} deed @param {number} quantity */
export const pointsFor = (deed, quantity) => Math.floor((deed.points * quantity) / perUnit(deed));

/** Why it cannot be done now. @param {Api.DeedItem} deed */
export function closedBecause(deed) {
  if (deed.is_open) return '';
  return deed.paused_until ? t('deed.paused', { day: date(deed.paused_until) }) : t('deed.lapsed', { day: date(deed.review_by) });
}
