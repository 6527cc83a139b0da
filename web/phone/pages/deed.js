// A deed says all of its rule before it is done: what it earns, how often, what shows it, where, and since when so.

import { api } from '../../shared/api.js';
import { html } from '../../shared/html.js';
import { useAsked } from '../../shared/hooks.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Icon } from '../../shared/components/icons.js';
import { Banner, Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { date, dateTime, time, today } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { Back } from '../components/back.js';
import { CategoryPicture, EvidencePicture } from '../components/deed_row.js';
import { accessName, amount, caps as capsOf, capsLeft, categoryName, closedBecause, duration, earns, leftToday } from '../components/deed_words.js';
import { useCaps, useDeed, useDistricts } from '../components/known.js';

/** @param {{me: Api.Me | null, code: string}} props */
export default function Deed({ me, code }) {
  const { data: deed, error, again } = useDeed(code);
  const caps = useCaps(me);
  if (!deed) return html`<${Back} to="/deeds">${t('home.all_deeds')}<//>${error ? html`<${Missing} error=${error} onRetry=${again} />` : html`<${Skeleton} lines=${5} />`}`;
  const isScanned = deed.evidence.includes('event_code');
  return html`<${Back} to="/deeds">${t('home.all_deeds')}<//>
    <div class="deed-head">
      <${CategoryPicture} category=${deed.category} size=${32} />
      <div><h1>${deed.title}</h1><p class="quiet">${categoryName(deed.category)}</p></div>
    </div>
    <p>${deed.purpose}</p>
    ${!deed.is_open && html`<${Banner} kind="warning"><p>${closedBecause(deed)}</p><//>`}
    ${(deed.is_open || (deed.paused_until && !isScanned)) && html`<${Do} deed=${deed} isScanned=${isScanned} />`}
    <section class="card">
      <h2 class="visually-hidden">${t('deed.rule')}</h2>
      <dl class="facts">
        <${Fact} name=${t('deed.earns')}><strong>${earns(deed)}</strong><//>
        <${Fact} name=${t('deed.often')}>
          ${capsOf(deed)}${me && caps.data && html`<br /><span class="tag ${capsLeft(deed, caps.data).free ? 'good' : 'warning'}">${leftToday(deed, caps.data)}</span>`}
          ${me && caps.data && capsLeft(deed, caps.data).waiting > 0 && capsLeft(deed, caps.data).free > 0 && html` <span class="quiet">${t('caps.waiting', { amount: amount(capsLeft(deed, caps.data).waiting, deed.unit) })}</span>`}
        <//>
        <${Fact} name=${t('deed.takes')}>${t('deed.usually', { time: duration(deed.minutes) })}<//>
        <${Fact} name=${t('deed.evidence')}>
          ${deed.evidence.map((/** @type {string} */ kind) => html`<p class="shows" key=${kind}><${EvidencePicture} kind=${kind} /><span>${t(`evidence_text.${kind}`)}</span></p>`)}
        <//>
        <${Fact} name=${t('deed.where')}><${Where} codes=${deed.districts} /><//>
        ${deed.access.length > 0 && html`<${Fact} name=${t('deed.access')}><span class="row">${deed.access.map((/** @type {string} */ tag) => html`<span class="tag" key=${tag}>${accessName(tag)}</span>`)}</span><//>`}
      </dl>
    </section>
    <${Events} code=${code} isNeeded=${isScanned || deed.evidence.includes('organiser')} />
    <p class="quiet">${t('deed.version', { version: deed.version, day: date(deed.in_force_from) })} ${t('deed.review', { day: date(deed.review_by) })}</p>
    <p class="after"><a href="#/deeds/${code}/history">${t('deed.history')}</a></p>`;
}

/** @param {{error: any, onRetry: () => void}} props */
function Missing({ error, onRetry }) {
  if (error.status === 404) return html`<${Empty} icon="search" title=${t('deed.unknown')} action=${html`<${ButtonLink} href="#/deeds" kind="quiet">${t('home.all_deeds')}<//>`} />`;
  return html`<${ErrorBox} error=${error} onRetry=${onRetry} />`;
}

/** What can be done now. @param {{deed: Api.DeedItem, isScanned: boolean}} props */
function Do({ deed, isScanned }) {
  if (isScanned) {
    return html`<div class="does">
        <${ButtonLink} href="#/check-in" icon="scan">${t('check_in.title')}<//>
        <${ButtonLink} href="#/check-in?without_points=yes" kind="quiet">${t('deed.without_points')}<//>
      </div>
      <p class="quiet">${t('deed.scan_text')} ${t('check_in.without_points_text')}</p>`;
  }
  return html`<div class="does">
      <${ButtonLink} href="#/deeds/${deed.code}/claim" icon="check">${t('deed.did')}<//>
      <${ButtonLink} href="#/deeds/${deed.code}/claim?without_points=yes" kind="quiet">${t('deed.without_points')}<//>
    </div>
    <p class="quiet">${t('deed.without_points_text')}</p>`;
}

/** @param {{name: string, children: any}} props */
function Fact({ name, children }) {
  return html`<div><dt>${name}</dt><dd>${children}</dd></div>`;
}

/** @param {{codes: string[]}} props */
function Where({ codes }) {
  const names = new Map(useDistricts().map(({ code, name }) => [code, name]));
  return codes.length ? codes.map((code) => names.get(code) ?? code).join(', ') : t('district.all');
}

/** When and where it can be done with others. @param {{code: string, isNeeded: boolean}} props */
function Events({ code, isNeeded }) {
  const { data } = useAsked(async (signal) => (await api.get('/events', { query: { deed: code, limit: 20 }, signal })).data.items, [code], { keep: `events.${code}` });
  const names = new Map(useDistricts().map(({ code, name }) => [code, name]));
  if (!data || (!data.length && !isNeeded)) return null;
  return html`<section>
    <h2>${t('deed.events')}</h2>
    ${!data.length && html`<p class="quiet">${t('deed.events_none')}</p>`}
    <ul class="rows">
      ${data.map((event) => html`<li key=${event.id} class="card entry">
        <${Icon} name="calendar" />
        <span class="grow"><span class="title">${event.title}</span><span class="quiet">${whenOf(event)}${event.district && ` · ${names.get(event.district) ?? event.district}`}</span></span>
      </li>`)}
    </ul>
  </section>`;
}

/** "23 Nov 2026, 10:00–13:00" @param {Api.EventItem} event */
export function whenOf({ starts_at: from, ends_at: to }) {
  if (!to) return t('deed.any_day');
  return today(new Date(from)) === today(new Date(to)) ? `${dateTime(from)}–${time(to)}` : `${dateTime(from)} – ${dateTime(to)}`;
}
