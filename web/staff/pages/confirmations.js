// An organiser says what was done at their events, or no and why; a verifier decides either way.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Field, TextArea } from '../../shared/components/field.js';
import { Form } from '../../shared/components/form.js';
import { Empty, ErrorBox } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { date, dateTime } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { amount } from '../components/case_view.js';

export default function ConfirmationsPage() {
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/confirmations', { query: { cursor, limit: 50 } })).data;
  return html`<header class="headline"><${ButtonLink} kind="bare" icon="back" href="#/events">${t('nav.events')}<//><h1>${t('events.confirmations')}</h1></header>
    <p class="quiet">${t('confirm.lead')}</p>
    <${Paged} label=${t('events.confirmations')} keyOf=${(/** @type {Api.AwaitingItem} */ { submission }) => submission} load=${load} row=${(/** @type {Api.AwaitingItem} */ item) => html`<${Row} item=${item} />`}
      empty=${html`<${Empty} icon="check" title=${t('confirm.empty')} />`} />`;
}

/** @param {{item: Api.AwaitingItem}} props */
function Row({ item }) {
  const [said, setSaid] = useState(/** @type {Api.ConfirmationGiven | null} */ (null));
  const [step, setStep] = useState(/** @type {'' | 'other' | 'no'} */ (''));
  const [quantity, setQuantity] = useState(String(item.quantity));
  const [text, setText] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));

  /** @param {{confirmed: boolean, quantity?: number, text?: string}} json */
  async function say(json) {
    setError(null);
    try {
      setSaid((await api.post('/submissions/{submission_id}/confirmation', { path: { submission_id: item.submission }, json })).data);
    } catch (problem) {
      setError(problem);
    }
  }
  const claimed = amount(item.quantity, item.unit);
  const send = () => say(step === 'no' ? { confirmed: false, text: text.trim() } : { confirmed: true, quantity: Number(quantity) });
  return html`<article class="card">
    <p class="row"><strong class="grow">${item.name ?? t('events.no_name')}</strong><span class="quiet">${t('confirm.until', { date: date(item.due_at) })}</span></p>
    <p>${item.deed_title} · ${dateTime(item.done_at)} · ${claimed}</p>
    <${ErrorBox} error=${error} />
    ${said && html`<p role="status"><strong>${said.confirmed ? t('confirm.said_yes', { amount: amount(said.quantity ?? item.quantity, item.unit) }) : t('confirm.said_no')}</strong></p>`}
    ${!said &&
    !step &&
    html`<div class="row">
      <${Button} icon="check" onClick=${() => say({ confirmed: true })}>${t('confirm.yes', { amount: claimed })}<//>
      <${Button} kind="quiet" onClick=${() => setStep('other')}>${t('confirm.other')}<//>
      <${Button} kind="quiet" onClick=${() => setStep('no')}>${t('confirm.no')}<//>
    </div>`}
    ${!said &&
    step &&
    html`<${Form} act=${send}>
      ${step === 'no'
        ? html`<${TextArea} label=${t('confirm.why')} required maxlength="2000" value=${text} onInput=${setText} />`
        : html`<${Field} label=${t(`confirm.quantity.${item.unit}`)} type="number" min="1" max="100000" required value=${quantity} onInput=${setQuantity} />`}
      <div class="row">
        <${Button} type="submit" class="fit">${step === 'no' ? t('confirm.no') : t('confirm.send')}<//>
        <${Button} kind="quiet" onClick=${() => setStep('')}>${t('cancel')}<//>
      </div>
    <//>`}
  </article>`;
}
