// What the city is comes from `GET /city`, is kept, and is there offline.

import { api } from './api.js';
import * as store from './store.js';

/** @typedef {Api.CityShown} City */

/** @type {City} */
let known = { code: '', name: '', zone: 'UTC', languages: ['en'], currency: 'EUR', terms_version: '', claim_window_days: 0, leaving_window_days: 0 };

/** @returns {City} */
export const city = () => known;

/** The city as it was last known; asked anew behind the reader's back. */
export async function loadCity() {
  const kept = await store.get('kept', 'city').catch(() => undefined);
  const asked = api.get('/city', { open: true }).then(async ({ data }) => {
    known = data;
    await store.put('kept', 'city', data);
  });
  if (kept) {
    known = kept;
    asked.catch(() => {}); // what was kept will do
  } else {
    await asked;
  }
  return known;
}
