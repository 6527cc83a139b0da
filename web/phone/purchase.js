// A purchase has one key from the yes until its answer is known, also over a closed app, so that nothing is bought twice.

import { api, newKey } from '../shared/api.js';
import { now } from '../shared/clock.js';
import { Problem } from '../shared/problems.js';
import * as store from '../shared/store.js';

/** The server knows a key for 48 hours; later nobody can tell, and the list of vouchers does. */
const ASKABLE_MS = 40 * 3_600_000;

/** @typedef {{key: string, json: {benefit: string, price_points: number}, at: string}} Wish */

/** @param {string} benefit */
const nameOf = (benefit) => `purchase:${benefit}`;

/** What was wished for and has no answer yet. @param {string} benefit @returns {Promise<Wish | undefined>} */
export async function unanswered(benefit) {
  const wish = await store.get('kept', nameOf(benefit));
  if (wish && now().getTime() - Date.parse(wish.at) > ASKABLE_MS) await forget(benefit);
  else return wish;
}

/** @param {string} benefit */
export const forget = (benefit) => store.remove('kept', nameOf(benefit));

/**
 * Buy, or ask again what became of it: where something has no answer yet, that is sent again with its own key and price.
 * @param {string} benefit @param {number} price what the reader saw
 * @returns {Promise<any>} the voucher
 */
export async function buy(benefit, price) {
  const at = now().toISOString();
  const wish = (await unanswered(benefit)) ?? { key: newKey(), json: { benefit, price_points: price }, at };
  await store.put('kept', nameOf(benefit), wish);
  try {
    const { data } = await api.post('/vouchers', { json: wish.json, key: wish.key });
    await forget(benefit);
    return data;
  } catch (problem) {
    if (!isOpen(problem)) await forget(benefit);
    throw problem;
  }
}

/** Whether nobody knows what happened. @param {unknown} problem */
export const isOpen = (problem) => !(problem instanceof Problem) || problem.isOpen || problem.code === 'idempotency_running';
