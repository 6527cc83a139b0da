// A claim that is half written is kept: phones close the browser to open the camera.

import * as store from '../../shared/store.js';

/** @param {string} deed */
const nameOf = (deed) => `draft.${deed}`;

/** @param {string} deed @returns {Promise<any>} */
export const draftOf = (deed) => store.get('kept', nameOf(deed)).catch(() => undefined);

/** @param {string} deed @param {any} draft */
export const keepDraft = (deed, draft) => store.put('kept', nameOf(deed), draft);

/** @param {string} deed */
export const dropDraft = (deed) => store.remove('kept', nameOf(deed)).catch(() => {});
