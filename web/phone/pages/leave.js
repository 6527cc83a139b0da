// Leaving is one press: with a window to spend what is left, or at once; each says what it ends (charter C2).

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { city } from '../../shared/city.js';
import { points } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { forgetHere } from '../../shared/session.js';
import { language, t } from '../../shared/strings.js';
import { Button } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { ErrorBox } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { Back } from '../components/back.js';
import { Leaving } from '../components/leaving.js';
import { askVouchers, isGood } from '../vouchers.js';

/** @param {{me: import('../../shared/session.js').Me, reload: () => Promise<void>}} props */
export default function Leave({ me, reload }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [isSure, setSure] = useState(false);
  const held = useAsked(async (signal) => (await api.get('/me/points', { signal })).data, [], { keep: 'balance' });
  const vouchers = useAsked(() => askVouchers(), [language()], { keep: 'vouchers' });
  const good = vouchers.data?.items.filter(isGood).length ?? 0;
  const days = city().leaving_window_days;
  async function begin() {
    setError(null);
    try {
      await api.delete('/me', { json: { now: false } });
      await reload();
      scrollTo(0, 0);
    } catch (problem) {
      setError(problem);
    }
  }
  async function now() {
    try {
      await api.delete('/me', { json: { now: true } });
    } catch (problem) {
      setSure(false);
      setError(problem);
      return;
    }
    toast(t('leave.gone'), { seconds: 20 });
    await forgetHere();
    go('/', { replace: true });
  }
  return html`<${Back} to="/me">${t('me.back')}<//>
    <h1>${t('me.leave')}</h1>
    <${Leaving} me=${me} reload=${reload} />
    <${ErrorBox} error=${error} />
    <p>${t('leave.lead')}</p>
    ${held.data && html`<p>${t('leave.have', { points: points(held.data.balance) })} ${good > 0 && t('leave.vouchers', { n: good })}</p>`}
    <div class="stack">
      ${me.status !== 'leaving' && html`<section class="card">
        <h2>${t('leave.window', { n: days })}</h2>
        <p>${t('leave.window_text', { n: days })}</p>
        <${Button} class="wide" onClick=${begin}>${t('leave.begin', { n: days })}<//>
      </section>`}
      <section class="card">
        <h2>${t('leave.now')}</h2>
        <p>${t('leave.now_text')}</p>
        <${Button} kind="danger" class="wide" onClick=${() => setSure(true)}>${t('leave.now')}<//>
      </section>
      <p class="hint">${t('leave.export_first')} <a href="#/me">${t('me.export')}</a></p>
    </div>
    ${isSure && html`<${Confirm} title=${t('leave.sure')} yes=${t('leave.sure_yes')} isDanger onYes=${now} onClose=${() => setSure(false)}>
      <p>${t('leave.sure_text')}</p>
      ${held.data && held.data.balance > 0 && html`<p>${t('leave.sure_points', { points: points(held.data.balance) })}</p>`}
      ${good > 0 && html`<p>${t('leave.sure_vouchers', { n: good })}</p>`}
    <//>`}`;
}
