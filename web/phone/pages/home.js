// Home answers at a glance: what I have, what ends next, what waits and by when, and what I can do near me.

import { api } from '../../shared/api.js';
import { html } from '../../shared/html.js';
import { useAsked, useOutbox } from '../../shared/hooks.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Banner, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { lastDay, points, today } from '../../shared/format.js';
import { language, t } from '../../shared/strings.js';
import { toast } from '../../shared/components/toast.js';
import { problemText } from '../../shared/problems.js';
import { DeedRow } from '../components/deed_row.js';
import { DistrictSelect, useCaps } from '../components/known.js';
import { Leaving } from '../components/leaving.js';
import { MyDeedRow } from '../components/my_deed_row.js';
import { OutboxRows } from '../components/outbox_rows.js';

const SHOWN_MAX = 3;

/** @param {{me: Api.Me, reload: () => Promise<void>}} props */
export default function Home({ me, reload }) {
  const mine = useAsked(async (signal) => (await api.get('/submissions', { query: { open: true, limit: 100 }, signal })).data, [language()], { keep: 'my-open-deeds' });
  const entries = useOutbox(() => mine.again());
  const open = [...(mine.data?.items ?? [])];
  const shown = open.sort((a, b) => OPEN.indexOf(a.status) - OPEN.indexOf(b.status)).slice(0, SHOWN_MAX);
  return html`<h1>${me.name ? t('home.hello_name', { name: me.name }) : t('home.hello')}</h1>
    <${Leaving} me=${me} reload=${reload} />
    ${me.status !== 'leaving' && me.terms_version !== me.terms_in_force && html`<${Banner} kind="warning" action=${html`<${ButtonLink} kind="quiet" href="#/terms">${t('home.terms_read')}<//>`}>${t('home.terms')}<//>`}
    <${Balance} />
    <div class="does">
      <${ButtonLink} href="#/deeds" icon="deeds">${t('home.do')}<//>
      <${ButtonLink} href="#/check-in" kind="quiet" icon="scan">${t('check_in.title')}<//>
    </div>
    <section>
      <h2>${t('home.waiting')}</h2>
      <${OutboxRows} entries=${entries} />
      ${!mine.data && !mine.error && html`<${Skeleton} lines=${1} />`}
      ${!mine.data && html`<${ErrorBox} error=${mine.error} onRetry=${mine.again} />`}
      ${mine.data && !open.length && !entries.length && html`<p class="quiet">${t('home.waiting_none')}</p>`}
      ${shown.length > 0 && html`<ul class="rows">${shown.map((one) => html`<li key=${one.id}><${MyDeedRow} one=${one} /></li>`)}</ul>`}
      <p class="after"><a href="#/my-deeds">${open.length > SHOWN_MAX && !mine.data?.next_cursor ? t('home.waiting_more', { n: open.length }) : t('my.title')}</a></p>
    </section>
    <${Near} me=${me} reload=${reload} />`;
}

/** What needs an answer comes first. */
const OPEN = ['asked', 'submitted', 'in_review', 'awaiting_confirmation'];

function Balance() {
  const { data, error, again } = useAsked(async (signal) => (await api.get('/me/points', { signal })).data, [], { keep: 'balance' });
  if (!data) return error ? html`<${ErrorBox} error=${error} onRetry=${again} />` : html`<${Skeleton} lines=${1} />`;
  const [next] = data.upcoming_expiries;
  return html`<section class="card balance">
    <h2 class="visually-hidden">${t('home.balance')}</h2>
    <p class="large number">${points(data.balance)}</p>
    <p>${next ? expires(next, data.balance) : t('home.no_points')}</p>
    ${data.balance > 0 && html`<p class="after"><a href="#/benefits">${t('home.spend')}</a></p>`}
  </section>`;
}

/** What ends next. @param {{points: number, expires_at: string}} lot @param {number} balance */
function expires(lot, balance) {
  const day = lastDay(lot.expires_at);
  return lot.points === balance ? t('home.expires_all', { day }) : t('home.expires', { points: points(lot.points), day });
}

/** @param {{me: Api.Me, reload: () => Promise<void>}} props */
function Near({ me, reload }) {
  const caps = useCaps(me);
  const { data, error, again } = useAsked(
    async (signal) => (await api.get('/deeds', { query: { district: me.district, limit: 20 }, signal })).data.items,
    [me.district, language()],
    { keep: 'near' },
  );
  async function chosen(/** @type {string} */ district) {
    try {
      await api.patch('/me', { json: { district: district || null } });
      await reload();
    } catch (problem) {
      toast(problemText(problem));
    }
  }
  return html`<section>
    <h2>${t('home.near')}</h2>
    <${DistrictSelect} label=${t('home.district')} hint=${t('home.district_hint')} value=${me.district ?? ''} onInput=${chosen} />
    ${!data && (error ? html`<${ErrorBox} error=${error} onRetry=${again} />` : html`<${Skeleton} lines=${2} />`)}
    ${data && !data.length && html`<p class="quiet">${t('home.near_none')}</p>`}
    ${data && html`<ul class="rows">${twoOf(data).map((deed) => html`<li key=${deed.code}><${DeedRow} deed=${deed} taken=${caps.data} /></li>`)}</ul>`}
    <p class="after"><a href="#/deeds">${t('home.all_deeds')}</a></p>
  </section>`;
}

/** Two of them, others tomorrow: nobody's past chooses. @param {any[]} deeds */
function twoOf(deeds) {
  const start = (Math.floor(Date.parse(today()) / 86_400_000) * 2) % Math.max(1, deeds.length);
  return [...deeds.slice(start), ...deeds.slice(0, start)].slice(0, 2);
}
