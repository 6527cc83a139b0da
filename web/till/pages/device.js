// Whose till this is, until when its shift lasts, and the way out of it.

import { html, useState } from '../../shared/html.js';
import { dateTime } from '../../shared/format.js';
import { useOutbox } from '../../shared/hooks.js';
import { signOut } from '../../shared/session.js';
import { t } from '../../shared/strings.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Checkbox } from '../../shared/components/field.js';
import { Waiting } from '../components/waiting.js';
import { endShift } from '../device.js';
import { isSignalling, setSignalling, signal } from '../signal.js';

/** @param {{me: Api.Me | null, device: import('../device.js').Device | null}} props */
export default function Device({ me, device }) {
  const entries = useOutbox();
  const [isOn, setOn] = useState(isSignalling);
  const [isEnding, setEnding] = useState(false);
  const waits = entries.filter(({ state }) => state === 'waiting').length;
  const choose = (/** @type {boolean} */ isWanted) => {
    setSignalling(isWanted);
    setOn(isWanted);
    signal('good');
  };
  const end = device ? endShift : signOut;
  return html`<h1>${t('device.title')}</h1>
    <${Waiting} entries=${entries} />
    <section class="card stack">
      <dl class="facts">
        ${device ? html`<dt>${t('device.partner')}</dt><dd>${device.partner.name}</dd>
          <dt>${t('device.name')}</dt><dd>${device.till.name}</dd>
          ${device.till.shift_ends_at && html`<dt>${t('device.until')}</dt><dd>${dateTime(device.till.shift_ends_at)}</dd>`}` : html`<dt>${t('device.person')}</dt><dd>${me?.email}</dd>`}
      </dl>
      <${Checkbox} label=${t('device.signal')} checked=${isOn} onInput=${choose} />
      <${Button} class="wide" icon="leave" onClick=${() => setEnding(true)}>${device ? t('device.end') : t('sign_out')}<//>
      ${device && html`<${ButtonLink} kind="bare" href="#/pair">${t('device.again')}<//>`}
    </section>
    ${isEnding &&
    html`<${Confirm} title=${device ? t('device.end') : t('sign_out')} yes=${device ? t('device.end') : t('sign_out')} onYes=${end} onClose=${() => setEnding(false)}>
      <p>${device ? t('device.end_text') : t('device.out_text')}</p>
      ${waits > 0 && html`<p><strong>${device ? t('device.end_waits', { n: waits }) : t('device.out_waits', { n: waits })}</strong></p>`}
    <//>`}`;
}
