// The phone client: what a resident holds in their hand.

import { html, useEffect } from '../shared/html.js';
import { Shell } from '../shared/components/shell.js';
import { city } from '../shared/city.js';
import { Routes, lazy } from '../shared/router.js';
import { start } from '../shared/start.js';
import { t } from '../shared/strings.js';
import Home from './pages/home.js';
import Welcome from './pages/welcome.js';

/** The rules are open to whoever has not signed in (charter C19). */
const OPEN = {
  '/deeds': lazy(() => import('./pages/deeds.js')),
  '/deeds/:code': lazy(() => import('./pages/deed.js')),
  '/deeds/:code/history': lazy(() => import('./pages/deed_history.js')),
};

const Terms = lazy(() => import('./pages/terms.js'));

const ROUTES = {
  '/': Home,
  ...OPEN,
  '/terms': Terms,
  '/deeds/:code/claim': lazy(() => import('./pages/claim.js')),
  '/check-in': lazy(() => import('./pages/check_in.js')),
  '/my-deeds': lazy(() => import('./pages/my_deeds.js')),
  '/my-deeds/:id': lazy(() => import('./pages/my_deed.js')),
  '/points': lazy(() => import('./pages/points.js')),
  '/benefits': lazy(() => import('./pages/benefits.js')),
  '/benefits/:code': lazy(() => import('./pages/benefit.js')),
  '/vouchers': lazy(() => import('./pages/vouchers.js')),
  '/vouchers/:id': lazy(() => import('./pages/voucher.js')),
  '/me': lazy(() => import('./pages/me.js')),
  '/me/looks': lazy(() => import('./pages/looks.js')),
  '/me/sessions': lazy(() => import('./pages/sessions.js')),
  '/me/leave': lazy(() => import('./pages/leave.js')),
};

/** @param {{me: Api.Me | null, reload: () => Promise<void>}} props */
function App({ me, reload }) {
  useEffect(() => {
    document.title = `${t('name')} · ${city().name}`;
  });
  return html`<${Shell} title=${t('name')} nav=${me?.joined_at ? places() : places().slice(0, 2)}>
    ${page(me, reload)}
  <//>`;
}

/** @param {Api.Me | null} me @param {() => Promise<void>} reload */
function page(me, reload) {
  const props = { me, reload };
  if (me?.joined_at) return html`<${Routes} routes=${ROUTES} fallback=${Home} props=${props} />`;
  return html`<${Routes} routes=${OPEN} fallback=${me ? Terms : Welcome} props=${props} />`;
}

const places = () => [
  { to: '/', icon: 'home', label: t('nav.home') },
  { to: '/deeds', also: ['/my-deeds', '/check-in'], icon: 'deeds', label: t('nav.deeds') },
  { to: '/points', icon: 'points', label: t('nav.points') },
  { to: '/benefits', also: ['/vouchers'], icon: 'ticket', label: t('nav.benefits') },
  { to: '/me', also: ['/terms'], icon: 'person', label: t('nav.me') },
];

start(App);
