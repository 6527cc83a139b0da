// An event is announced in public: which deed, when and where.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Dialog } from '../../shared/components/dialog.js';
import { Checkbox, DateField, Field, Select } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { instant, today } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { t } from '../../shared/strings.js';
import { everyItem } from '../every.js';

/** @param {{onDone: () => void, onClose: () => void}} props */
export function Announce({ onDone, onClose }) {
  const asked = useAsked(async (signal) => {
    const [deeds, { data }] = await Promise.all([everyItem((cursor) => api.get('/deeds', { query: { limit: 100, cursor }, signal })), api.get('/districts', { signal })]);
    return { deeds, districts: data.items };
  }, []);
  const [said, setSaid] = useState({ deed: '', title: '', day: today(), from: '10:00', to: '13:00', district: '', isStanding: false });
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const set = (/** @type {any} */ change) => setSaid((/** @type {any} */ before) => ({ ...before, ...change }));

  async function announce() {
    setError(null);
    const { deed, title, day, from, to, district, isStanding } = said;
    const json = { deed, title: title.trim(), starts_at: instant(day, from), ends_at: isStanding ? null : instant(day, to), district: district || null };
    try {
      await api.post('/events', { json });
      onDone();
    } catch (problem) {
      setError(problem);
    }
  }
  const { deeds, districts = [] } = asked.data ?? {};
  return html`<${Dialog} title=${t('events.announce')} onClose=${onClose}>
    ${!deeds
      ? html`<${ErrorBox} error=${asked.error} onRetry=${asked.again} />${!asked.error && html`<${Skeleton} />`}`
      : html`<${Form} act=${announce}>
          <${Select} label=${t('events.deed')} required value=${said.deed} options=${[['', t('events.choose')], ...deeds.map((one) => [one.code, one.title])]} onInput=${(/** @type {string} */ deed) => set({ deed })} />
          <${Field} label=${t('events.title')} hint=${t('events.title_hint')} required maxlength="200" value=${said.title} onInput=${(/** @type {string} */ title) => set({ title })} />
          <${DateField} label=${t('events.day')} required max=${undefined} value=${said.day} onInput=${(/** @type {string} */ day) => set({ day })} />
          <div class="pair">
            <${Field} label=${t('events.from')} type="time" required value=${said.from} onInput=${(/** @type {string} */ from) => set({ from })} />
            ${!said.isStanding && html`<${Field} label=${t('events.to')} type="time" required value=${said.to} onInput=${(/** @type {string} */ to) => set({ to })} />`}
          </div>
          <${Checkbox} label=${t('events.is_standing')} checked=${said.isStanding} onInput=${(/** @type {boolean} */ isStanding) => set({ isStanding })} />
          <${Select} label=${t('events.district')} value=${said.district} options=${[['', t('events.anywhere')], ...districts.map((one) => [one.code, one.name])]} onInput=${(/** @type {string} */ district) => set({ district })} />
          <${ErrorBox} error=${error} />
          <${Submit}>${t('events.announce')}<//>
        <//>`}
  <//>`;
}
