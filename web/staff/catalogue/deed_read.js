// A deed as its editors see it, with the number of its newest version: a change is sent with that, and refused if there is another.

import { api } from '../../shared/api.js';

/** @typedef {{deed: Api.DeedItem, versions: Api.DeedVersionItem[], newest: number}} Known `newest` is the number of the version that was published last */

/**
 * The deed as it is, or as it was announced where it never was in force, and all its versions, the newest first.
 * @param {string} code @param {AbortSignal} [signal] @returns {Promise<Known>}
 */
export async function deedOf(code, signal) {
  const { data } = await api.get('/deeds/{code}/versions', { path: { code }, query: { limit: 100 }, signal });
  const versions = data.items;
  const newest = versions[0].version;
  try {
    return { deed: (await api.get('/deeds/{code}', { path: { code }, signal })).data, versions, newest };
  } catch (/** @type {any} */ problem) {
    if (problem.code !== 'not_found') throw problem;
    return { deed: [...versions].sort((one, other) => one.in_force_from.localeCompare(other.in_force_from) || other.version - one.version)[0], versions, newest };
  }
}
