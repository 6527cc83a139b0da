// A glance first: what it is and how long it is good, and then one big button uses it.

import { html } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { t } from '../../shared/strings.js';
import { Panel } from './panel.js';

/** @param {{onBack: (typed?: string) => void}} props */
export function Looking({ onBack }) {
  const actions = html`<${Button} kind="quiet" onClick=${() => onBack()}>${t('cancel')}<//>`;
  return html`<${Panel} tone="plain" icon="search" title=${t('glance.looking')} takesKeys=${false} actions=${actions} onBack=${onBack} />`;
}

/** @param {{title: string, until: string, onRedeem: () => unknown, onBack: (typed?: string) => void}} props */
export function Glance({ title, until, onRedeem, onBack }) {
  const actions = html`<${Button} class="big" icon="check" onClick=${onRedeem}>${t('glance.redeem')}<//>
    <${Button} kind="quiet" onClick=${() => onBack()}>${t('glance.not_now')}<//>`;
  return html`<${Panel} tone="plain" icon="ticket" title=${title} takesKeys=${false} actions=${actions} onBack=${onBack}>
    <p>${until}</p>
    <p class="small">${t('glance.unused')}</p>
  <//>`;
}

/** Nobody can be asked: the scan may wait, and the clerk decides about the customer. @param {{onRedeem: () => unknown, onAgain: () => unknown, onBack: (typed?: string) => void}} props */
export function Unseen({ onRedeem, onAgain, onBack }) {
  const actions = html`<${Button} class="big" icon="clock" onClick=${onRedeem}>${t('unseen.wait')}<//>
    <${Button} kind="quiet" onClick=${onAgain}>${t('try_again')}<//>
    <${Button} kind="quiet" onClick=${() => onBack()}>${t('glance.not_now')}<//>`;
  return html`<${Panel} tone="plain" icon="offline" title=${t('unseen.title')} takesKeys=${false} actions=${actions} onBack=${onBack}>
    <p>${t('unseen.text')}</p>
  <//>`;
}
