// A claim asks for no more than its rule needs; what it would earn is said before it is sent.

import { html, useEffect, useRef, useState } from '../../shared/html.js';
import { Checkbox, DateField, Field, Select, TextArea } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Empty } from '../../shared/components/notice.js';
import { PhotoField } from '../../shared/components/photo.js';
import { points, shortDate, today } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { whenOf } from '../pages/deed.js';
import { daysOf } from './claim_times.js';
import { amount, closedBecause, duration, pointsFor, room } from './deed_words.js';
import { Stepper } from './stepper.js';

const STEP_MINUTES = 15;

/** @param {{deed: Api.DeedItem, events: Api.EventItem[], caps: Api.CapsTaken | undefined, unsent: number, draft: any, onDraft: (draft: any) => void, onSend: (draft: any) => Promise<void>}} props */
export function ClaimForm({ deed, events, caps, unsent, draft: kept, onDraft, onSend }) {
  const isShared = deed.evidence.includes('organiser');
  const needsPhoto = deed.evidence.includes('photo');
  const [draft, setDraft] = useState({ ...begun(deed, events), ...kept });
  const [isPhotoMissing, setPhotoMissing] = useState(false);
  const isTouched = useRef(false); // who only looked has written nothing that is to be there tomorrow
  const set = (/** @type {object} */ change) => ((isTouched.current = true), setDraft((/** @type {any} */ before) => ({ ...before, ...change })));
  useEffect(() => void (isTouched.current && onDraft(draft)), [draft]);
  const event = events.find(({ id }) => id === draft.event) ?? events.at(-1) ?? null; // a kept one may be over
  const { min, max } = daysOf(event);
  const day = draft.day < min ? min : draft.day > max ? max : draft.day;

  async function send() {
    setPhotoMissing(needsPhoto && !draft.photo);
    if (needsPhoto && !draft.photo) {
      document.querySelector(/** @type {'input'} */ ('.photo-field input'))?.focus();
      return;
    }
    await onSend({ ...draft, day, event: event?.id ?? null });
  }

  if (isShared && !events.length) return html`<${Empty} icon="calendar" title=${t('claim.no_event')}>${t('claim.no_event_text')}<//>`;
  return html`<${Form} act=${send}>
    ${!deed.is_open && html`<p>${closedBecause(deed)}</p>`}
    ${isShared && html`<${Select} label=${t('claim.event')} hint=${`${event ? whenOf(event) : ''}. ${t('claim.event_hint')}`} required value=${event?.id} options=${events.map((one) => [one.id, one.ends_at ? `${shortDate(one.starts_at)} · ${one.title}` : one.title])} onInput=${(/** @type {string} */ id) => set({ event: id })} />`}
    ${min < max && html`<${DateField} label=${t('claim.day')} required min=${min} max=${max} value=${day} onInput=${(/** @type {string} */ chosen) => set({ day: chosen || max })} />`}
    <${Quantity} deed=${deed} value=${draft.quantity} onInput=${(/** @type {number} */ quantity) => set({ quantity })} />
    ${needsPhoto &&
    html`<${PhotoField} label=${t('claim.photo')} hint=${t('claim.photo_hint')} photo=${draft.photo} error=${isPhotoMissing ? t('claim.photo_missing') : ''} onPhoto=${(/** @type {Blob | null} */ photo) => (setPhotoMissing(false), set({ photo }))} />`}
    <${TextArea} label=${t('claim.note')} hint=${t('claim.note_hint')} maxlength="2000" value=${draft.note} onInput=${(/** @type {string} */ note) => set({ note })} />
    <${Checkbox} label=${html`${t('deed.without_points')}<span class="hint">${t('deed.without_points_text')}</span>`} checked=${draft.withoutPoints} onInput=${(/** @type {boolean} */ withoutPoints) => set({ withoutPoints })} />
    <p class="expected" aria-live="polite">${expected(deed, draft, room(deed, draft.quantity, day, caps, unsent))}</p>
    <${Submit}>${t('claim.send')}<//>
    <p class="quiet after">${isShared ? t('claim.then_organiser') : t('claim.then')}</p>
  <//>`;
}

/** @param {Api.DeedItem} deed @param {Api.EventItem[]} events */
function begun(deed, events) {
  const usual = Math.max(STEP_MINUTES, Math.round(deed.minutes / STEP_MINUTES) * STEP_MINUTES);
  const quantity = deed.unit === 'hour' ? Math.min(usual, deed.max_per_day * 60) : 1;
  return { event: events.at(-1)?.id ?? null, day: today(), quantity, photo: null, note: '', withoutPoints: false };
}

/** @param {{deed: Api.DeedItem, value: number, onInput: (quantity: number) => void}} props */
function Quantity({ deed, value, onInput }) {
  if (deed.unit === 'item') {
    return html`<${Field} label=${t('claim.how_many')} type="number" inputmode="numeric" required min="1" max="100000" step="1" value=${value} onInput=${(/** @type {string} */ typed) => onInput(Math.floor(Number(typed)) || 1)} />`;
  }
  if (deed.unit === 'hour') {
    return html`<${Stepper} label=${t('claim.how_long')} value=${value} step=${STEP_MINUTES} max=${24 * 60} shown=${duration} onInput=${onInput} />`;
  }
  if (deed.max_per_day === 1) return null;
  return html`<${Stepper} label=${t('claim.how_often')} value=${value} step=${1} max=${deed.max_per_day} shown=${(/** @type {number} */ n) => amount(n, 'deed')} onInput=${onInput} />`;
}

/** What it would earn, and what a cap would cut. @param {Api.DeedItem} deed @param {any} draft @param {{most: number, isSure: boolean}} room */
function expected(deed, { quantity, withoutPoints }, { most, isSure }) {
  if (withoutPoints) return t('claim.no_points');
  const earned = points(pointsFor(deed, most));
  if (!isSure) return t('claim.expected_at_most', { points: earned });
  return quantity > most ? t('claim.expected_capped', { points: earned }) : t('claim.expected', { points: earned });
}
