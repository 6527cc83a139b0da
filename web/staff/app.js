// The staff console: what verifiers, organisers, managers and auditors work with, by keyboard first.

import { html, useEffect, useState } from '../shared/html.js';
import { Button, ButtonLink } from '../shared/components/button.js';
import { Confirm } from '../shared/components/dialog.js';
import { Empty } from '../shared/components/notice.js';
import { Shell } from '../shared/components/shell.js';
import { SignIn } from '../shared/components/sign_in.js';
import { city } from '../shared/city.js';
import { outbox } from '../shared/queue.js';
import { go, lazy, Routes } from '../shared/router.js';
import { hasRole, signOut } from '../shared/session.js';
import { start } from '../shared/start.js';
import { t } from '../shared/strings.js';
import { sendNow } from './decisions.js';
import Queue from './pages/queue.js';

/** Who sees which section; the API says again who may do what there. @type {[string, string, string[]][]} */
const PLACES = [
  ['queue', 'queue', ['verifier']],
  ['events', 'calendar', ['organiser']],
  ['overview', 'chart', ['manager', 'auditor']],
  ['catalogue', 'deeds', ['manager']],
  ['benefits', 'ticket', ['manager']],
  ['partners', 'shop', ['manager']],
  ['roles', 'person', ['manager']],
  ['audit', 'eye', ['auditor']],
];

const ROUTES = {
  '/': First,
  '/queue': Queue, // what verifiers begin with comes with the rest: on a bad line that is two trips less
  '/queue/case': lazy(() => import('./pages/case.js')),
  '/queue/events/:id': lazy(() => import('./pages/whole_event.js')),
  '/events': lazy(() => import('./pages/events.js')),
  '/events/confirmations': lazy(() => import('./pages/confirmations.js')),
  '/events/:id/code': lazy(() => import('./pages/event_code.js')),
  '/events/:id': lazy(() => import('./pages/event.js')),
  // No code has an underscore, so that these stand beside codes.
  '/catalogue': lazy(() => import('./pages/deeds.js')),
  '/catalogue/_new': lazy(() => import('./pages/deed_edit.js')),
  '/catalogue/_import': lazy(() => import('./pages/import_deeds.js')),
  '/catalogue/:code': lazy(() => import('./pages/deed.js')),
  '/catalogue/:code/edit': lazy(() => import('./pages/deed_edit.js')),
  '/benefits': lazy(() => import('./pages/benefits.js')),
  '/benefits/_new': lazy(() => import('./pages/benefit_edit.js')),
  '/benefits/_import': lazy(() => import('./pages/import_benefits.js')),
  '/benefits/:code': lazy(() => import('./pages/benefit.js')),
  '/benefits/:code/edit': lazy(() => import('./pages/benefit_edit.js')),
  '/partners': lazy(() => import('./pages/partners.js')),
  '/partners/:code': lazy(() => import('./pages/partner.js')),
  '/roles': lazy(() => import('./pages/roles.js')),
  '/overview': lazy(() => import('./pages/overview.js')),
  '/overview/statements': lazy(() => import('./pages/statements.js')),
  '/audit': lazy(() => import('./pages/audit.js')),
};

const placesOf = (/** @type {Api.Me | null} */ me) => PLACES.filter(([, , roles]) => hasRole(me, ...roles));

/** @param {{me: Api.Me | null}} props */
function App({ me }) {
  const [unsent, setUnsent] = useState(0);
  useEffect(() => {
    document.title = `${t('name')} · ${city().name}`;
  });
  const places = placesOf(me);
  const nav = places.map(([name, icon]) => ({ to: `/${name}`, icon, label: t(`nav.${name}`) }));
  const actions = me && html`<${Button} kind="bare" icon="leave" label=${t('sign_out')} onClick=${leave} />`;
  /** What was decided is sent first; what cannot be is lost with signing out, so that is asked. */
  async function leave() {
    await sendNow();
    const waiting = (await outbox()).filter(({ state }) => state === 'waiting').length;
    if (waiting) return setUnsent(waiting);
    await signOut();
  }
  return html`<${Shell} title=${t('name')} nav=${nav} actions=${actions}>
    ${!me && html`<${SignIn} title=${t('name')} lead=${t('lead', { city: city().name })} />`}
    ${me && !nav.length && html`<${NoRole} />`}
    ${nav.length > 0 && html`<${Routes} routes=${ROUTES} fallback=${Unknown} props=${{ me }} />`}
    ${me && unsent > 0 && html`<${Confirm} isDanger title=${t('sign_out')} yes=${t('leave.anyway')} onYes=${() => (setUnsent(0), signOut())} onClose=${() => setUnsent(0)}><p>${t('leave.unsent', { n: unsent })}</p><//>`}
  <//>`;
}

function NoRole() {
  return html`<h1 class="visually-hidden">${t('name')}</h1>
    <${Empty} icon="person" title=${t('no_role')}>${t('no_role_text')}<//>`;
}

/** Whoever opens the console is at the first place that is theirs. */
/** @param {{me: Api.Me}} props */
function First({ me }) {
  useEffect(() => go(`/${placesOf(me)[0][0]}`, { replace: true }), []);
  return null;
}

function Unknown() {
  return html`<h1 class="visually-hidden">${t('unknown.title')}</h1>
    <${Empty} icon="search" title=${t('unknown.title')} action=${html`<${ButtonLink} href="#/">${t('unknown.home')}<//>`}>${t('unknown.text')}<//>`;
}

start(App);
