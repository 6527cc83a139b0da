// The phone client: what a resident holds in their hand.

import { html, useEffect } from '../shared/html.js';
import { Button } from '../shared/components/button.js';
import { Empty } from '../shared/components/notice.js';
import { Shell } from '../shared/components/shell.js';
import { SignIn } from '../shared/components/sign_in.js';
import { city } from '../shared/city.js';
import { Routes, lazy } from '../shared/router.js';
import { signOut } from '../shared/session.js';
import { start } from '../shared/start.js';
import { t } from '../shared/strings.js';

const ROUTES = {
  '/': Home,
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

function App({ me, reload }) {
  useEffect(() => {
    document.title = `${t('name')} · ${city().name}`;
  });
  const nav = me ? [{ to: '/', icon: 'home', label: t('nav.home') }] : [];
  return html`<${Shell} title=${t('name')} nav=${nav}>
    ${me ? html`<${Routes} routes=${ROUTES} fallback=${Home} props=${{ me, reload }} />` : html`<${SignIn} title=${t('hello', { city: city().name })} lead=${t('lead')} mayJoin />`}
  <//>`;
}

function Home({ me }) {
  const leave = html`<${Button} kind="quiet" icon="leave" onClick=${signOut}>${t('sign_out')}<//>`;
  return html`<h1>${t('nav.home')}</h1>
    <${Empty} title=${t('home.empty')} action=${leave}>${t('home.empty_text', { email: me.email })}<//>`;
}

start(App);
