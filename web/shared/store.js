// What a face keeps on the device lies in one IndexedDB, in boxes: it is there offline, and in a service worker too.

import { face } from './face.js';

/** session: the refresh token. kept: what was answered last. outbox: wishes that wait for the network. */
const BOXES = ['session', 'kept', 'outbox'];

/** @type {Promise<IDBDatabase> | undefined} */
let opened;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(`bonafeta-${face}`, 1);
    asked.onupgradeneeded = () => BOXES.forEach((box) => asked.result.createObjectStore(box));
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      asked.result.onclose = () => (opened = undefined);
      resolve(asked.result);
    };
    asked.onerror = () => {
      opened = undefined;
      reject(asked.error);
    };
  });
  return opened;
}

/**
 * @template T
 * @param {string} box
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>} once it is on the disk
 */
async function within(box, mode, act) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(box, mode, { durability: 'strict' });
    const asked = act(transaction.objectStore(box));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error ?? asked.error);
  });
}

/** @param {string} box @param {string} key @returns {Promise<any>} what lies there, or undefined */
export const get = (box, key) => within(box, 'readonly', (store) => store.get(key));

/** @param {string} box @param {string} key @param {any} value */
export const put = (box, key, value) => within(box, 'readwrite', (store) => store.put(value, key));

/** @param {string} box @param {string} key */
export const remove = (box, key) => within(box, 'readwrite', (store) => store.delete(key));

/** @param {string} box @returns {Promise<any[]>} all values, in the order of their keys */
export const all = (box) => within(box, 'readonly', (store) => store.getAll());

/** @param {string} box */
export const empty = (box) => within(box, 'readwrite', (store) => store.clear());

/** Forget everything that is kept for whoever was signed in. */
export const clear = () => Promise.all(BOXES.map(empty));
