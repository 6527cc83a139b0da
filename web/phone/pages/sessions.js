// Where I am signed in, and a way out of a phone that I no longer have.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { date, dateTime } from '../../shared/format.js';
import { language, t } from '../../shared/strings.js';
import { Button } from '../../shared/components/button.js';
import { ErrorBox } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { toast } from '../../shared/components/toast.js';
import { Back } from '../components/back.js';
import { SignOut } from '../components/sign_out.js';

export default function Sessions() {
  const [round, setRound] = useState(0);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/me/sessions', { query: { cursor, limit: 30 } })).data;
  async function end(/** @type {string} */ id) {
    try {
      await api.delete('/me/sessions/{session_id}', { path: { session_id: id } });
      toast(t('sessions.ended'));
      setError(null);
      setRound((n) => n + 1);
    } catch (problem) {
      setError(problem);
    }
  }
  const row = (/** @type {Api.SessionShown} */ session) => html`<div class="card session">
    <span class="grow"><span class="title">${session.is_current ? t('sessions.here') : t('sessions.elsewhere')}</span>
      <span class="quiet">${t('sessions.since', { day: date(session.created_at), when: dateTime(session.last_used_at) })}</span></span>
    ${session.is_current
      ? html`<${SignOut} />`
      : html`<${Button} kind="quiet" onClick=${() => end(session.id)}>${t('sessions.end')}<//>`}
  </div>`;
  return html`<${Back} to="/me">${t('me.back')}<//>
    <h1>${t('me.sessions')}</h1>
    <p class="quiet">${t('sessions.lead')}</p>
    <${ErrorBox} error=${error} />
    <${Paged} label=${t('me.sessions')} load=${load} deps=${[round, language()]} row=${row} />`;
}
