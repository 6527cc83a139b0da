// A list is asked for page by page, by its cursor, and each of its items keeps its place by a key.

import { html, useEffect, useState } from '../html.js';
import { useOnline } from '../hooks.js';
import { Problem } from '../problems.js';
import * as store from '../store.js';
import { t } from '../strings.js';
import { Button } from './button.js';
import { ErrorBox, Skeleton } from './notice.js';

/**
 * @param {{load: (cursor?: string) => Promise<{items: any[], next_cursor: string | null}>,
 *   row: (item: any, isKept: boolean) => any, keyOf?: (item: any) => string, empty?: any, label: string, deps?: any[],
 *   keep?: string}} props asked anew when `deps` change; with `keep` (a name in the box `kept`) the first page is there
 *   at once and offline, `isKept`, and is asked for anew when the network is back
 */
export function Paged({ load, row, keyOf = (item) => item.id ?? item.code, empty, label, deps = [], keep }) {
  const [items, setItems] = useState(/** @type {any[] | null} */ (null));
  const [cursor, setCursor] = useState(/** @type {string | null} */ (null));
  const [isKept, setKept] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [round, setRound] = useState(0);
  const isOnline = useOnline();
  useEffect(() => {
    let isGone = false;
    let isAnswered = false;
    const show = (/** @type {any} */ page, /** @type {boolean} */ kept) => {
      setItems(page.items);
      setCursor(kept ? null : page.next_cursor);
      setKept(kept);
    };
    setError(null);
    if (keep) store.get('kept', keep).then((page) => page && !isAnswered && !isGone && show(page, true), () => {});
    load().then(
      (page) => {
        isAnswered = true;
        if (isGone) return;
        show(page, false);
        if (keep) store.put('kept', keep, page).catch(() => {});
      },
      (problem) => isGone || setError(problem),
    );
    return () => (isGone = true);
  }, [...deps, round, keep && isOnline]);
  const again = () => setRound((n) => n + 1);
  async function more() {
    try {
      const page = await load(cursor ?? undefined);
      const known = new Set(items?.map(keyOf));
      setItems((before) => [...(before ?? []), ...page.items.filter((item) => !known.has(keyOf(item)))]);
      setCursor(page.next_cursor);
    } catch (problem) {
      setError(problem);
    }
  }
  if (error && !items) return html`<${ErrorBox} error=${error} onRetry=${again} />`;
  if (!items) return html`<${Skeleton} lines=${4} />`;
  if (!items.length) return empty ?? null;
  const isSaidAbove = isKept && error instanceof Problem && error.code === 'offline'; // by the page's frame
  return html`<ul class="rows" aria-label=${label}>${items.map((item) => html`<li key=${keyOf(item)}>${row(item, isKept)}</li>`)}</ul>
    ${!isSaidAbove && html`<${ErrorBox} error=${error} onRetry=${isKept ? again : more} />`}
    ${cursor && html`<${Button} kind="quiet" class="more" onClick=${more}>${t('more')}<//>`}`;
}
