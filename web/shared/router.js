// Where one is stands behind the # of the address: a reload stays there, and the server knows one page per face.

import { html, useEffect, useRef, useState } from './html.js';
import { ErrorBox, Skeleton } from './components/notice.js';

/** @typedef {{path: string, query: URLSearchParams}} Place */

/** @returns {Place} */
export function here() {
  const [path, query] = location.hash.slice(1).split('?');
  return { path: path || '/', query: new URLSearchParams(query) };
}

/** Go to a place of this face, such as `/deeds/plant-trees`. @param {string} path @param {{replace?: boolean}} [how] */
export function go(path, { replace = false } = {}) {
  if (replace) {
    history.replaceState(null, '', `#${path}`);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = path;
  }
}

/** @returns {Place} */
export function usePlace() {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    addEventListener('hashchange', moved);
    if (here().path !== place.path) moved(); // a page below has gone elsewhere as it appeared
    return () => removeEventListener('hashchange', moved);
  }, []);
  return place;
}

/**
 * A page that is loaded when it is first gone to: `lazy(() => import(…))`; its component is its `default`.
 * @param {() => Promise<{default: any}>} load
 */
export function lazy(load) {
  /** @type {any} */
  let loaded;
  return function Lazy(/** @type {any} */ props) {
    const [error, setError] = useState(null);
    const [, again] = useState(0);
    useEffect(() => {
      if (loaded) return;
      load().then((module) => {
        loaded = module.default;
        again((n) => n + 1);
      }, setError);
    }, []);
    if (error) return html`<${ErrorBox} error=${error} onRetry=${() => location.reload()} />`;
    return loaded ? html`<${loaded} ...${props} />` : html`<${Skeleton} />`;
  };
}

/**
 * The component of the first pattern that fits; it gets what stands for `:name` as a prop, and `query`.
 * On a move the heading is focused, so that a screen reader begins there.
 * @param {{routes: Record<string, any>, fallback: any, props?: object}} props
 */
export function Routes({ routes, fallback, props = {} }) {
  const { path, query } = usePlace();
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current) {
      scrollTo(0, 0);
      document.querySelector('main')?.focus({ preventScroll: true });
    }
    moved.current = true;
  }, [path]);
  for (const [pattern, component] of Object.entries(routes)) {
    const found = fits(pattern, path);
    if (found) return html`<${component} key=${path} ...${props} ...${found} query=${query} />`;
  }
  return html`<${fallback} ...${props} />`;
}

/** @param {string} pattern @param {string} path @returns {Record<string, string> | null} */
function fits(pattern, path) {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const found = {};
  for (const [place, part] of wanted.entries()) {
    if (part.startsWith(':')) {
      try {
        found[part.slice(1)] = decodeURIComponent(given[place]);
      } catch {
        return null; // an address that nobody here wrote, such as `#/deeds/%`
      }
    } else if (part !== given[place]) return null;
  }
  return found;
}
