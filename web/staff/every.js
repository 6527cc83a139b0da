// Lists that are short by nature (partners, benefits) are read whole, so that they can be searched while one types.

/**
 * @template T
 * @param {(cursor?: string) => Promise<{data: {items: T[], next_cursor: string | null}}>} ask one page
 * @returns {Promise<T[]>}
 */
export async function everyItem(ask) {
  /** @type {T[]} */
  const items = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    const { data } = await ask(cursor);
    items.push(...data.items);
    cursor = data.next_cursor ?? undefined;
  } while (cursor);
  return items;
}

const plain = (/** @type {string} */ text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether all words of what is looked for stand in one of the texts, whatever case and accents. @param {string} wanted @param {string[]} texts */
export function finds(wanted, texts) {
  const all = plain(texts.join(' '));
  return plain(wanted).split(/\s+/).every((word) => all.includes(word));
}

/** A code of a name, as the API has them: "Museu de la Vila" is museu-de-la-vila. @param {string} name */
export const codeOf = (name) =>
  plain(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
