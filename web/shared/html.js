// What a component is written with: Preact without JSX, so that nothing has to be built. Texts are escaped by it.

import { createElement } from '../vendor/preact.js';
import htm from '../vendor/htm.js';

export { Fragment, createContext, createRef, render } from '../vendor/preact.js';
export { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../vendor/preact-hooks.js';

/** html`<p class="quiet">${text}</p>` */
export const html = htm.bind(createElement);

let ids = 0;

/** A new id for `for` and `aria-describedby`. */
export const newId = () => `id-${(ids += 1)}`;
