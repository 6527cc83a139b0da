// The till: what a clerk uses without training.

import { html, useEffect } from '../shared/html.js';
import { Button } from '../shared/components/button.js';
import { Empty } from '../shared/components/notice.js';
import { Shell } from '../shared/components/shell.js';
import { SignIn } from '../shared/components/sign_in.js';
import { city } from '../shared/city.js';
import { Routes } from '../shared/router.js';
import { hasRole, signOut } from '../shared/session.js';
import { start } from '../shared/start.js';
import { t } from '../shared/strings.js';

const ROUTES = { '/': Home };

function App({ me }) {
  useEffect(() => {
    document.title = `${t('name')} · ${city().name}`;
  });
  const mayWork = hasRole(me, 'clerk');
  const nav = mayWork ? [] : [];
  return html`<${Shell} title=${t('name')} nav=${nav}>
    ${!me && html`<${SignIn} title=${t('name')} lead=${t('lead', { city: city().name })} />`}
    ${me && !mayWork && html`<${NoRole} />`}
    ${mayWork && html`<${Routes} routes=${ROUTES} fallback=${Home} props=${{ me }} />`}
  <//>`;
}

const leave = () => html`<${Button} kind="quiet" icon="leave" onClick=${signOut}>${t('sign_out')}<//>`;

function NoRole() {
  return html`<h1 class="visually-hidden">${t('name')}</h1>
    <${Empty} icon="person" title=${t('no_role')} action=${leave()}>${t('no_role_text')}<//>`;
}

function Home({ me }) {
  return html`<h1>${t('name')}</h1>
    <${Empty} icon="ticket" title=${t('home.empty')} action=${leave()}>${t('home.empty_text', { email: me.email })}<//>`;
}

start(App);
