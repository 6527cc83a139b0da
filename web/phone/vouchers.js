// A voucher lies on this device with its code and its picture as text, so that it can be shown without a network.

import { api } from '../shared/api.js';
import { now } from '../shared/clock.js';
import * as store from '../shared/store.js';

/** @param {string} id */
export const nameOf = (id) => `voucher:${id}`;

/** Whether it can be shown at a till now, as far as this device knows the time. @param {Api.VoucherShown} voucher */
export const isGood = (voucher) => voucher.status === 'active' && new Date(voucher.expires_at) > now();

/** @typedef {Api.VoucherWithCode & {svg: string | null}} Voucher with its picture, where it still has a code */

/** One voucher with its code and, in `svg`, its picture. @param {string} id @param {AbortSignal} [signal] @returns {Promise<Voucher>} */
export async function askVoucher(id, signal) {
  const path = { voucher_id: id };
  const kept = await store.get('kept', nameOf(id)).catch(() => undefined);
  const { data } = await api.get('/vouchers/{voucher_id}', { path, signal });
  const isSame = data.code && kept?.code === data.code;
  const svg = isSame ? kept.svg : data.code && (await api.get('/vouchers/{voucher_id}/qr.svg', { path, signal, as: 'text' })).data;
  return { ...data, svg };
}

/** A page of all vouchers. What is good is kept whole, so that it can be shown where there is no signal. @param {string} [cursor] */
export async function askVouchers(cursor) {
  const { data } = await api.get('/vouchers', { query: { cursor, limit: 20 } });
  keepCodes(data.items).catch(() => {}); // it is kept when it is shown
  return data;
}

/** @param {Api.VoucherShown[]} listed */
async function keepCodes(listed) {
  for (const { id, status, expires_at } of listed) {
    const kept = await store.get('kept', nameOf(id));
    if (status !== 'active') await (kept && store.remove('kept', nameOf(id)));
    else if (kept?.expires_at !== expires_at || kept.status !== status) await store.put('kept', nameOf(id), await askVoucher(id));
  }
}
