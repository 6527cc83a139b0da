// The phone client: what a resident holds in their hand.

import { html, useEffect } from '../shared/html.js';
import { Button } from '../shared/components/button.js';
import { Empty } from '../shared/components/notice.js';
import { Shell } from '../shared/components/shell.js';
import { SignIn } from '../shared/components/sign_in.js';
import { city } from '../shared/city.js';
import { Routes } from '../shared/router.js';
import { signOut } from '../shared/session.js';
import { start } from '../shared/start.js';
import { t } from '../shared/strings.js';

/** What is at `/` is there at once, the rest when it is gone to. */
const ROUTES = {
  '/': Home,
};

function App({ me }) {
  useEffect(() => {
    document.title = `${t('name')} · ${city().name}`;
  });
  return html`<${Shell} title=${t('name')} nav=${me ? places() : []}>
    ${me ? html`<${Routes} routes=${ROUTES} fallback=${Home} props=${{ me }} />` : html`<${SignIn} title=${t('hello', { city: city().name })} lead=${t('lead')} mayJoin />`}
  <//>`;
}

const places = () => [
  { to: '/', icon: 'home', label: t('nav.home') },
  { to: '/deeds', icon: 'deeds', label: t('nav.deeds') },
  { to: '/points', icon: 'points', label: t('nav.points') },
  { to: '/benefits', icon: 'ticket', label: t('nav.benefits') },
  { to: '/me', icon: 'person', label: t('nav.me') },
];

function Home({ me }) {
  const leave = html`<${Button} kind="quiet" icon="leave" onClick=${signOut}>${t('sign_out')}<//>`;
  return html`<h1>${t('nav.home')}</h1>
    <${Empty} title=${t('home.empty')} action=${leave}>${t('home.empty_text', { email: me.email })}<//>`;
}

start(App);
