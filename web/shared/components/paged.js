// A list is asked for page by page, by its cursor, and each of its items keeps its place by a key.

import { html, useEffect, useState } from '../html.js';
import * as store from '../store.js';
import { t } from '../strings.js';
import { Button } from './button.js';
import { ErrorBox, Skeleton } from './notice.js';

/**
 * @param {{load: (cursor?: string) => Promise<{items: any[], next_cursor: string | null}>, row: (item: any) => any,
 *   keyOf?: (item: any) => string, empty?: any, label: string, deps?: any[], keep?: string}} props asked anew when `deps`
 *   change; the first page is kept in the box `kept` by the name `keep`, shown until there is a new one, and offline
 */
export function Paged({ load, row, keyOf = (item) => item.id ?? item.code, empty, label, deps = [], keep }) {
  const [items, setItems] = useState(/** @type {any[] | null} */ (null));
  const [cursor, setCursor] = useState(/** @type {string | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isGone = false;
    let isAnswered = false;
    const show = (/** @type {any} */ page) => isGone || (setItems(page.items), setCursor(page.next_cursor));
    setError(null);
    if (keep) store.get('kept', keep).then((page) => page && !isAnswered && show(page), () => {});
    load().then(
      (page) => {
        isAnswered = true;
        show(page);
        if (keep) store.put('kept', keep, page).catch(() => {});
      },
      (problem) => isGone || setError(problem),
    );
    return () => (isGone = true);
  }, [...deps, round]);
  async function more() {
    try {
      const page = await load(cursor ?? undefined);
      const known = new Set(items?.map(keyOf));
      setItems((/** @type {any[]} */ before) => [...before, ...page.items.filter((item) => !known.has(keyOf(item)))]);
      setCursor(page.next_cursor);
    } catch (problem) {
      setError(problem);
    }
  }
  if (error && !items) return html`<${ErrorBox} error=${error} onRetry=${() => setRound((n) => n + 1)} />`;
  if (!items) return html`<${Skeleton} lines=${4} />`;
  if (!items.length) return empty ?? null;
  return html`<ul class="rows" aria-label=${label}>${items.map((item) => html`<li key=${keyOf(item)}>${row(item)}</li>`)}</ul>
    <${ErrorBox} error=${error} onRetry=${more} />
    ${cursor && html`<${Button} kind="quiet" class="more" onClick=${more}>${t('more')}<//>`}`;
}
