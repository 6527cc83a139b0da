// A deed with its whole history: what each version changed, why, and from when (charter C20).

import { html, useState } from '../../shared/html.js';
import { now } from '../../shared/clock.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Banner, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { useAsked } from '../../shared/hooks.js';
import { date, dateTime } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { Facts, PageHead } from '../components/page_head.js';
import { deedOf } from '../catalogue/deed_read.js';
import { Difference } from '../catalogue/difference.js';
import { EndPause, Pause } from '../catalogue/pause.js';
import { StateTag, categoryName, stateOf, valueOf } from '../catalogue/words.js';

const SHOWN = /** @type {const} */ (['points', 'unit', 'max_per_day', 'max_per_year', 'evidence', 'minutes', 'districts', 'access', 'review_by', 'purpose', 'source']);

/** @param {{code: string}} props */
export default function Deed({ code }) {
  const [asking, setAsking] = useState('');
  const { data, error, again } = useAsked(async (signal) => deedOf(code, signal), [code]);
  const back = { to: '/catalogue', label: t('nav.catalogue') };
  if (error) return html`<${PageHead} back=${back} title=${code} /><${ErrorBox} error=${error} onRetry=${again} />`;
  if (!data) return html`<${Skeleton} />`;
  const { deed, versions } = data;
  const state = stateOf(deed);
  const done = () => (setAsking(''), again());
  return html`<div class="office">
    <${PageHead} back=${back} title=${deed.title} lead=${html`<${StateTag} state=${state} /> <span class="quiet">${categoryName(deed.category)} · ${deed.code} · ${t('deed.version', { n: deed.version })}</span>`}>
      ${state === 'open' && html`<${Button} kind="quiet" icon="clock" onClick=${() => setAsking('pause')}>${t('deed.pause')}<//>`}
      ${state === 'paused' && html`<${Button} kind="quiet" icon="undo" onClick=${() => setAsking('end')}>${t('deed.end_pause')}<//>`}
      <${ButtonLink} icon="edit" href="#/catalogue/${code}/edit">${t('deed.change')}<//>
    <//>
    ${state === 'paused' && html`<${Banner} kind="warning" icon="clock"><p>${t('deed.paused', { day: date(`${deed.paused_until}T12:00:00Z`) })}</p><//>`}
    ${versions.filter((one) => comes(one, deed)).map((one) => html`<${Banner} key=${one.version} icon="calendar"><p>${t('deed.announced', { n: one.version, at: dateTime(one.in_force_from) })}</p><//>`)}
    <section class="card"><h2>${t('deed.rule')}</h2>
      <${Facts} items=${[...Object.entries(deed.titles).map(([language, title]) => [`${t('field.titles')} (${language})`, html`<span lang=${language}>${title}</span>`]), ...SHOWN.map((field) => [t(`field.${field}`), valueOf(field, deed[field])])]} />
    </section>
    <section class="card"><h2>${t('deed.history')}</h2>
      <ol class="history">${versions.map((one) => html`<li key=${one.version}>
        <h3>${t('deed.version', { n: one.version })} <span class="quiet">${t('deed.in_force_from', { at: dateTime(one.in_force_from) })}</span></h3>
        <p>${one.reason} <span class="quiet">${t('deed.published', { at: dateTime(one.published_at) })}</span></p>
        <${Difference} changes=${one.changes} label=${t('deed.version', { n: one.version })} />
      </li>`)}</ol>
    </section>
    ${asking === 'pause' && html`<${Pause} known=${data} onDone=${done} onClose=${() => setAsking('')} />`}
    ${asking === 'end' && html`<${EndPause} known=${data} onDone=${done} onClose=${() => setAsking('')} />`}
  </div>`;
}

/** Whether a version is still to come, beside the one that is shown. @param {Api.DeedVersionItem} one @param {Api.DeedItem} deed */
const comes = (one, deed) => one.version > deed.version && new Date(one.in_force_from) > new Date(deed.in_force_from) && new Date(one.in_force_from) > now();
