// Signing out forgets all that is kept here: what was not sent yet is named before it goes.

import { html, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { outbox } from '../../shared/queue.js';
import { signOut } from '../../shared/session.js';
import { t } from '../../shared/strings.js';

/** @param {any} props as `Button` */
export function SignOut(props) {
  const [waiting, setWaiting] = useState(0);
  async function leave() {
    const n = (await outbox()).filter(({ state }) => state === 'waiting').length;
    if (n) setWaiting(n);
    else await signOut();
  }
  return html`<${Button} kind="quiet" ...${props} onClick=${leave}>${t('sign_out')}<//>
    ${waiting > 0 &&
    html`<${Confirm} title=${t('sign_out')} yes=${t('sign_out')} isDanger onYes=${signOut} onClose=${() => setWaiting(0)}><p>${t('sign_out.waits', { n: waiting })}</p><//>`}`;
}
