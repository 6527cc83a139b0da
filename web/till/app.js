// The till: what a clerk uses without training.

import { html, useEffect } from '../shared/html.js';
import { Button, ButtonLink } from '../shared/components/button.js';
import { Empty, Skeleton } from '../shared/components/notice.js';
import { Shell } from '../shared/components/shell.js';
import { SignIn } from '../shared/components/sign_in.js';
import { city } from '../shared/city.js';
import { Routes, lazy } from '../shared/router.js';
import { hasRole, signOut } from '../shared/session.js';
import { start } from '../shared/start.js';
import { t } from '../shared/strings.js';
import { useTill } from './device.js';

const Pair = lazy(() => import('./pages/pair.js'));
const Shift = lazy(() => import('./pages/shift.js'));
const Scan = lazy(() => import('./pages/scan.js'));
const Today = lazy(() => import('./pages/today.js'));
const Device = lazy(() => import('./pages/device.js'));

const AT_WORK = { '/': Scan, '/today': Today, '/device': Device, '/pair': Pair };
const OUTSIDE = { '/pair': Pair, '/mail': Mail };

/** @param {{me: Api.Me | null}} props */
function App({ me }) {
  const till = useTill();
  useEffect(() => {
    document.title = `${t('name')} · ${city().name}`;
  });
  const { device, isOnShift, wasEnded } = till ?? {};
  const isClerk = hasRole(me, 'clerk'); // in person, without a device of the partner's
  const mayWork = isOnShift || (!device && isClerk);
  const nav = [
    { to: '/', icon: 'scan', label: t('nav.scan') },
    { to: '/today', icon: 'list', label: t('nav.today') },
    { to: '/device', icon: 'shop', label: t('nav.device') },
  ];
  const props = { me, device, till: device?.till, wasEnded };
  return html`<${Shell} title=${device?.partner.name ?? t('name')} nav=${mayWork ? nav : []}>
    ${!till && html`<${Skeleton} />`}
    ${mayWork && html`<${Routes} routes=${AT_WORK} fallback=${Scan} props=${props} />`}
    ${till && !mayWork && (me && !device ? html`<${NoRole} />` : html`<${Routes} routes=${OUTSIDE} fallback=${device ? Shift : Pair} props=${props} />`)}
  <//>`;
}

function Mail() {
  return html`<${SignIn} title=${t('name')} lead=${t('lead', { city: city().name })} />
    <p class="other"><${ButtonLink} kind="bare" href="#/">${t('pair.by_code')}<//></p>`;
}

function NoRole() {
  const leave = html`<${Button} kind="quiet" icon="leave" onClick=${signOut}>${t('sign_out')}<//>`;
  return html`<h1 class="visually-hidden">${t('name')}</h1>
    <${Empty} icon="person" title=${t('no_role')} action=${leave}>${t('no_role_text')}<//>`;
}

start(App);
