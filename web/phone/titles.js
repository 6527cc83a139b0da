// What a code of the catalogue is called in the reader's language: asked once each, and kept.

import { useEffect, useState } from '../shared/html.js';
import { api } from '../shared/api.js';
import * as store from '../shared/store.js';
import { language } from '../shared/strings.js';

const NAME = () => `titles.${language()}`;

/** Titles by `deed:<code>` and `benefit:<code>`, as far as they are known. @param {string[]} wanted */
export function useTitles(wanted) {
  const [titles, setTitles] = useState(/** @type {Record<string, string>} */ ({}));
  useEffect(() => {
    let isGone = false;
    known(wanted).then((found) => isGone || setTitles(found), () => {});
    return () => (isGone = true);
  }, [wanted.join(' '), language()]);
  return titles;
}

/** @param {string[]} wanted */
async function known(wanted) {
  const name = NAME();
  const kept = (await store.get('kept', name).catch(() => undefined)) ?? {};
  const missing = [...new Set(wanted)].filter((one) => !(one in kept));
  if (!missing.length) return kept;
  const found = await Promise.all(missing.map(async (one) => [one, await titleOf(one)]));
  const all = { ...kept, ...Object.fromEntries(found.filter(([, title]) => title)) };
  await store.put('kept', name, all).catch(() => {});
  return all;
}

/** @param {string} one @returns {Promise<string | undefined>} nothing where it cannot be told now */
async function titleOf(one) {
  const [kind, code] = one.split(':');
  const path = { code };
  try {
    const { data } = kind === 'deed' ? await api.get('/deeds/{code}', { path }) : await api.get('/benefits/{code}', { path });
    return data.title;
  } catch {
    return undefined; // the history is complete without it
  }
}
