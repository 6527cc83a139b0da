// An event as its organiser sees it: the code to show, who came, and a way to call it off.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Banner, Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { dateTime } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { t } from '../../shared/strings.js';
import { duration } from '../components/case_view.js';
import { stateOf } from './events.js';

/** @param {{id: string}} props */
export default function EventPage({ id }) {
  const path = { event_id: id };
  const asked = useAsked(async (signal) => (await api.get('/events/{event_id}', { path, signal })).data, [id]);
  const [isShown, setShown] = useState(false);
  const [isSure, setSure] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  if (!asked.data) return html`<h1 class="visually-hidden">${t('nav.events')}</h1>${asked.error ? html`<${ErrorBox} error=${asked.error} onRetry=${asked.again} />` : html`<${Skeleton} />`}`;
  const event = asked.data;
  const state = stateOf(event);

  async function cancel() {
    try {
      await api.delete('/events/{event_id}', { path });
      asked.again();
    } catch (problem) {
      setError(problem);
    }
    setSure(false);
  }
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/events/{event_id}/attendance', { path, query: { cursor, limit: 50 } })).data;
  return html`<header class="headline"><${ButtonLink} kind="bare" icon="back" href="#/events">${t('nav.events')}<//><h1>${event.title}</h1></header>
    <p><span class="tag ${state === 'on' ? 'good' : ''}">${t(`events.${state}`)}</span> ${duration(event)}</p>
    <${ErrorBox} error=${error} />
    ${state === 'cancelled' && html`<${Banner} kind="warning"><p>${t('events.cancelled_text')}</p><//>`}
    ${state === 'to_come' && html`<${Banner}><p>${t('events.to_come_text')}</p><//>`}
    <div class="row next">
      ${state !== 'cancelled' && html`<${ButtonLink} kind=${state === 'on' ? 'primary' : 'quiet'} icon="scan" href="#/events/${id}/code">${t('events.show_code')}<//>`}
      ${state !== 'cancelled' && state !== 'over' && html`<${Button} kind="quiet" onClick=${() => setSure(true)}>${t('events.cancel')}<//>`}
    </div>
    <section aria-labelledby="came">
      <h2 id="came">${t('events.came')}</h2>
      <p class="quiet">${t('events.came_text')}</p>
      ${isShown
        ? html`<${Paged} label=${t('events.came')} keyOf=${(/** @type {Api.AttendanceItem} */ { submission }) => submission} load=${load} row=${(/** @type {Api.AttendanceItem} */ one) => html`<${Came} one=${one} />`}
            empty=${html`<${Empty} icon="person" title=${t('events.nobody')} />`} />`
        : html`<${Button} kind="quiet" icon="eye" onClick=${() => setShown(true)}>${t('events.show_came')}<//>`}
    </section>
    ${isSure && html`<${Confirm} title=${t('events.cancel_sure')} yes=${t('events.cancel')} no=${t('events.keep')} isDanger onYes=${cancel} onClose=${() => setSure(false)}><p>${t('events.cancel_text')}</p><//>`}`;
}

/** @param {{one: Api.AttendanceItem}} props */
const Came = ({ one }) => html`<div class="waiting"><span class="grow">${one.name ?? html`<span class="quiet">${t('events.no_name')}</span>`}</span><span>${dateTime(one.scanned_at)}</span></div>`;
