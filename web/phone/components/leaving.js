// Whoever is leaving sees until when, and can stay after all; where the terms are new, they are read first (charter C1).

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { dateTime } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Banner, ErrorBox } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';

/** @param {{me: import('../../shared/session.js').Me, reload: () => Promise<void>}} props */
export function Leaving({ me, reload }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  if (me.status !== 'leaving' || !me.erase_at) return null;
  async function stay() {
    try {
      await api.put('/me/membership', { json: { terms_version: me.terms_in_force } });
      toast(t('leave.stays'));
      await reload();
    } catch (problem) {
      setError(problem);
    }
  }
  const isRead = me.terms_version === me.terms_in_force;
  return html`<${Banner} kind="warning" icon="clock">
      <p>${t('leave.until', { when: dateTime(me.erase_at) })}</p>
      <div class="row answers">${isRead ? html`<${Button} onClick=${stay}>${t('leave.stay')}<//>` : html`<${ButtonLink} href="#/terms">${t('leave.stay')}<//>`}</div>
    <//>
    <${ErrorBox} error=${error} />`;
}
