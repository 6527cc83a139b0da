// A face starts with its city and its words; what goes wrong then is said without them.

import { html, render, useEffect, useState } from './html.js';
import { city, loadCity } from './city.js';
import { useEvent } from './hooks.js';
import { ErrorBox, Skeleton } from './components/notice.js';
import { keepOffline } from './offline.js';
import { keepSending } from './queue.js';
import { whoAmI } from './session.js';
import * as store from './store.js';
import { LANGUAGES, speak, wantedLanguage } from './strings.js';

/** What the page shows comes first: the shell's files would take its line and its processor. */
const KEPT_AFTER_MS = 1_000;

/**
 * Draw a face into `#app`, again on a change of language or of who is signed in.
 * @param {any} App a component that gets `me` (null: nobody is signed in) and `reload()`, which asks anew who that is
 */
export async function start(App) {
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  const all = Object.keys(LANGUAGES);
  const first = wantedLanguage((await store.get('kept', 'city').catch(() => undefined))?.languages ?? all);
  const words = speak(first);
  const asked = whoAmI().catch(() => null); // now and not after the words: on a bad line that is two trips less
  const [, problem] = await Promise.all([words, loadCity().then(() => null, (error) => error)]);
  if (problem) {
    render(html`<main><${ErrorBox} error=${problem} onRetry=${() => location.reload()} /></main>`, root);
    return;
  }
  if (!(/** @type {string[]} */ (city().languages).includes(first))) await speak(wantedLanguage(city().languages));
  render(html`<${Known} App=${App} asked=${asked} />`, root);
  keepSending();
  await asked;
  setTimeout(() => keepOffline().catch((error) => console.info('not kept offline', String(error))), KEPT_AFTER_MS);
}

/** @param {{App: any, asked: Promise<any>}} props `asked`: who I am, or null where that is not known yet */
function Known({ App, asked }) {
  const [me, setMe] = useState(/** @type {any} */ (undefined));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  useEvent('bonafeta:language');
  /** @param {Promise<any>} [early] */
  async function reload(early) {
    setError(null);
    try {
      const found = (await early) ?? (await whoAmI());
      setMe(found);
      await (found ? store.put('kept', 'me', found) : store.remove('kept', 'me'));
    } catch (problem) {
      const kept = await store.get('kept', 'me').catch(() => undefined); // offline, who was signed in still is
      if (kept) setMe(kept);
      else setError(problem);
    }
  }
  useEffect(() => {
    store.get('kept', 'me').then((kept) => kept && setMe((/** @type {any} */ now) => now ?? kept), () => {});
    reload(asked);
    const changed = () => void reload();
    const gone = () => setMe(null);
    addEventListener('bonafeta:signed-in', changed);
    addEventListener('bonafeta:signed-out', gone);
    return () => {
      removeEventListener('bonafeta:signed-in', changed);
      removeEventListener('bonafeta:signed-out', gone);
    };
  }, []);
  if (error && me === undefined) return html`<main><${ErrorBox} error=${error} onRetry=${() => reload()} /></main>`;
  if (me === undefined) return html`<main><${Skeleton} /></main>`;
  return html`<${App} me=${me} reload=${() => reload()} />`;
}
