// What several pages ask for, under one name each, so that what one page has kept is there for the others offline.

import { api } from '../../shared/api.js';
import { html, useEffect, useState } from '../../shared/html.js';
import { useAsked } from '../../shared/hooks.js';
import { language, t } from '../../shared/strings.js';
import { Select } from '../../shared/components/field.js';
import * as store from '../../shared/store.js';

/** What I have taken of the caps; undefined where nobody is signed in, or nothing is known yet. @param {Api.Me | null} me */
export function useCaps(me) {
  return useAsked(async (signal) => (me?.joined_at ? (await api.get('/me/caps', { signal })).data : undefined), [me?.id], { keep: me?.joined_at ? 'caps' : undefined });
}

/** A deed; offline, what any page has kept of it. @param {string} code */
export function useDeed(code) {
  const asked = useAsked(async (signal) => (await api.get('/deeds/{code}', { path: { code }, signal })).data, [code, language()], { keep: `deed.${code}` });
  const [listed, setListed] = useState(/** @type {any} */ (undefined));
  const isMissing = Boolean(asked.error && !asked.data);
  useEffect(() => {
    if (isMissing) {
      store.get('kept', 'deeds').then((page) => setListed(page?.items.find((/** @type {Api.DeedItem} */ deed) => deed.code === code)), () => {});
    }
  }, [isMissing, code]);
  return listed && !asked.data ? { ...asked, data: listed } : asked;
}

/** The city's districts. */
export function useDistricts() {
  return useAsked(async (signal) => (await api.get('/districts', { signal })).data.items, [], { keep: 'districts' }).data ?? [];
}

/** One district or all: chosen, never tracked. @param {any} props as `Select`, without options */
export function DistrictSelect(props) {
  const options = useDistricts().map(({ code, name }) => [code, name]);
  return html`<${Select} options=${[['', t('district.all')], ...options]} ...${props} />`;
}
