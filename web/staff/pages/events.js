// An organiser finds today's event at the top, and its code one press away.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Empty, ErrorBox } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { t } from '../../shared/strings.js';
import { Announce } from '../components/announce.js';
import { duration } from '../components/case_view.js';

export default function EventsPage() {
  const [isNew, setNew] = useState(false);
  const [round, setRound] = useState(0);
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/me/events', { query: { cursor, limit: 50 } })).data;
  const done = () => (setNew(false), setRound(round + 1));
  return html`<h1>${t('nav.events')}</h1>
    <div class="row next">
      <${Button} icon="plus" onClick=${() => setNew(true)}>${t('events.announce')}<//>
      <${ButtonLink} kind="quiet" icon="check" href="#/events/confirmations">${t('events.confirmations')}<//>
    </div>
    <${Paged} label=${t('nav.events')} deps=${[round]} load=${load} row=${(/** @type {Api.EventItem} */ event) => html`<${Row} event=${event} />`}
      empty=${html`<${Empty} icon="calendar" title=${t('events.empty')}>${t('events.empty_text')}<//>`} />
    ${isNew && html`<${Announce} onDone=${done} onClose=${() => setNew(false)} />`}`;
}

/** Before it, on, over or cancelled. @param {Api.EventItem} event */
export function stateOf({ starts_at, ends_at, is_cancelled }) {
  const at = now().getTime();
  if (is_cancelled) return 'cancelled';
  if (at < Date.parse(starts_at)) return 'to_come';
  return ends_at && at > Date.parse(ends_at) ? 'over' : 'on';
}

/** @param {{event: Api.EventItem}} props */
function Row({ event }) {
  const state = stateOf(event);
  return html`<a class="waiting entry" href="#/events/${event.id}">
    <span class="grow"><span class="title">${event.title}</span><span class="quiet">${duration(event)}</span></span>
    <span class="tag ${state === 'on' ? 'good' : state === 'cancelled' ? 'bad' : ''}">${t(`events.${state}`)}</span>
  </a>`;
}
