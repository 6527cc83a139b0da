// All words are in `strings/<language>.js` of the face and of what the faces share; a key missing there fails a test.

import { face } from './face.js';

/** @typedef {string | {one?: string, many?: string, other: string}} Words */

export const LANGUAGES = { ca: 'Català', en: 'English', es: 'Español', pt: 'Português' };

/** @type {Record<string, Words>} */
let words = {};
let chosen = 'en';
/** @type {Intl.PluralRules} */
let plural = new Intl.PluralRules('en');

export const language = () => chosen;

/** How dates and numbers are written: as in Europe, whichever language the reader chose. */
export const locale = () => /** @type {Record<string, string>} */ ({ ca: 'ca-ES', en: 'en-GB', es: 'es-ES', pt: 'pt-PT' })[chosen];

/** The language that the reader chose, else the best of the browser's that the city has. @param {string[]} offered */
export function wantedLanguage(offered) {
  const kept = keptLanguage();
  const wanted = [kept, ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  return wanted.find((code) => code && offered.includes(code)) ?? offered[0] ?? 'en';
}

function keptLanguage() {
  try {
    return localStorage.getItem('bonafeta.language');
  } catch {
    return null;
  }
}

/** Load one language. @param {string} code */
export async function speak(code) {
  const before = chosen;
  chosen = code; // what is asked meanwhile is asked in it
  const loaded = Promise.all([import(`./strings/${code}.js`), import(`../${face}/strings/${code}.js`)]);
  const [common, own] = await loaded.catch((error) => {
    chosen = before;
    throw error;
  });
  words = { ...common.default, ...own.default };
  plural = new Intl.PluralRules(code);
  document.documentElement.lang = code;
}

/** Choose a language for this device. @param {string} code */
export async function chooseLanguage(code) {
  try {
    localStorage.setItem('bonafeta.language', code);
  } catch {
    // it holds until the page is closed
  }
  await speak(code);
  dispatchEvent(new Event('bonafeta:language'));
}

/** @param {string} key */
export const has = (key) => key in words;

/**
 * The words for a key, with facts put in for `{name}`; `n` chooses the plural form. Numbers are written by the language.
 * @param {string} key
 * @param {Record<string, any>} [facts]
 */
export function t(key, facts = {}) {
  const found = words[key];
  if (found === undefined) {
    console.error(`no words for ${key}`);
    return key;
  }
  const text = typeof found === 'string' ? found : (found[/** @type {'one' | 'other'} */ (plural.select(facts.n))] ?? found.other);
  return text.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => shown(facts[name]));
}

/** @param {any} fact */
function shown(fact) {
  return typeof fact === 'number' ? new Intl.NumberFormat(locale()).format(fact) : String(fact ?? '');
}
