// The catalogue, found by words, by kind and by district; what is wished for stands in the address, so that "back" keeps it.

import { api } from '../../shared/api.js';
import { html, useEffect, useRef, useState } from '../../shared/html.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Field, Select } from '../../shared/components/field.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { go } from '../../shared/router.js';
import { language, t } from '../../shared/strings.js';
import { CategoryPicture, DeedRow } from '../components/deed_row.js';
import { accessName, categoryName } from '../components/deed_words.js';
import { DistrictSelect, useCaps } from '../components/known.js';

const CATEGORIES = ['care', 'neighbourhood', 'environment', 'learning', 'culture', 'animals', 'mobility', 'health-and-sport'];
const ACCESS = ['seated', 'evening', 'weekend', 'outdoors', 'with-children'];
const TYPED_MS = 300;

/** @param {{me: Api.Me | null, query: URLSearchParams}} props */
export default function Deeds({ me, query }) {
  const caps = useCaps(me);
  const wish = {
    q: query.get('q') ?? '',
    category: query.get('category') ?? '',
    district: query.get('district') ?? me?.district ?? '',
    access: query.get('access') ?? '',
  };
  const isUsual = !wish.q && !wish.category && !wish.access && wish.district === (me?.district ?? '');
  const set = (/** @type {object} */ change) => go(`/deeds?${new URLSearchParams({ ...wish, ...change })}`, { replace: true });
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/deeds', { query: { ...wish, cursor } })).data;
  const none = html`<${Empty} icon="search" title=${t('deeds.none')} action=${html`<${Button} kind="quiet" onClick=${() => set({ q: '', category: '', access: '', district: '' })}>${t('deeds.all')}<//>`}>${t('deeds.none_text')}<//>`;
  return html`<h1>${t('deeds.title')}</h1>
    ${me?.joined_at &&
    html`<div class="does">
      <${ButtonLink} href="#/my-deeds" kind="quiet" icon="list">${t('my.title')}<//>
      <${ButtonLink} href="#/check-in" kind="quiet" icon="scan">${t('check_in.title')}<//>
    </div>`}
    <search>
      <${Search} value=${wish.q} onSearch=${(/** @type {string} */ q) => set({ q })} />
      <fieldset class="kinds">
        <legend class="visually-hidden">${t('deeds.category')}</legend>
        ${CATEGORIES.map((code) => html`<button key=${code} type="button" class="kind" aria-pressed=${wish.category === code ? 'true' : 'false'} onClick=${() => set({ category: wish.category === code ? '' : code })}>
          <${CategoryPicture} category=${code} size=${22} /><span>${categoryName(code)}</span>
        </button>`)}
      </fieldset>
      <div class="pair">
        <${DistrictSelect} label=${t('deeds.district')} value=${wish.district} onInput=${(/** @type {string} */ district) => set({ district })} />
        <${Select} label=${t('deeds.access')} value=${wish.access} options=${[['', t('deeds.access_any')], ...ACCESS.map((tag) => [tag, accessName(tag)])]} onInput=${(/** @type {string} */ access) => set({ access })} />
      </div>
    </search>
    <${Paged} key=${JSON.stringify(wish)} label=${t('deeds.title')} load=${load} deps=${[language()]} keep=${isUsual ? 'deeds' : undefined}
      row=${(/** @type {Api.DeedItem} */ deed) => html`<${DeedRow} deed=${deed} taken=${caps.data} />`} empty=${none} />`;
}

/** What is typed is searched for once the fingers rest. @param {{value: string, onSearch: (q: string) => void}} props */
function Search({ value, onSearch }) {
  const [typed, setTyped] = useState(value);
  const searched = useRef(value);
  useEffect(() => {
    if (value === searched.current) return; // an answer to what is being typed takes no blank and no letter away
    searched.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => {
      searched.current = typed.trim();
      onSearch(typed.trim());
    }, TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<${Field} label=${t('deeds.search')} type="search" maxlength="100" enterkeyhint="search" value=${typed} onInput=${setTyped} />`;
}
