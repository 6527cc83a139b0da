// Nobody takes part without a yes to the terms in force, by their version (charter C1).

import { api } from '../../shared/api.js';
import { html, useState } from '../../shared/html.js';
import { useAsked } from '../../shared/hooks.js';
import { Button } from '../../shared/components/button.js';
import { Checkbox } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { go } from '../../shared/router.js';
import { signOut } from '../../shared/session.js';
import { language, t } from '../../shared/strings.js';

/** @param {{me: Api.Me, reload: () => Promise<void>}} props */
export default function Terms({ me, reload }) {
  const [isAccepted, setAccepted] = useState(false);
  const [refusal, setRefusal] = useState(/** @type {unknown} */ (null));
  const { data: terms, error, again } = useAsked(async (signal) => (await api.get('/terms', { signal })).data, [language()]);
  const isNew = !me.joined_at;

  async function accept() {
    if (!terms) return;
    try {
      await api.put('/me/membership', { json: { terms_version: terms.version } });
      await reload();
      go('/', { replace: true });
    } catch (problem) {
      setRefusal(problem);
    }
  }

  return html`<h1>${isNew ? t('terms.join') : t('terms.title')}</h1>
    ${isNew && html`<p>${t('terms.join_text', { email: me.email })}</p>`}
    <${ErrorBox} error=${error} onRetry=${again} />
    ${!terms && !error && html`<${Skeleton} />`}
    ${terms &&
    html`<section class="card"><p class="pre">${terms.text.trim()}</p><p class="quiet">${t('terms.version', { version: terms.version })}</p></section>
      ${me.terms_version !== terms.version &&
      html`<${Form} act=${accept}>
        <${Checkbox} label=${t('sign_in.accept')} checked=${isAccepted} onInput=${setAccepted} required />
        <${ErrorBox} error=${refusal} />
        <${Submit}>${isNew ? t('sign_in.join') : t('terms.accept')}<//>
      <//>`}`}
    ${isNew && html`<${Button} kind="bare" icon="leave" onClick=${signOut}>${t('sign_out')}<//>`}`;
}
