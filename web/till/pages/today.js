// What was redeemed today at all tills of the partner, and ten minutes to take each back.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { date, instant, time, today } from '../../shared/format.js';
import { useAsked, useOnline, useOutbox } from '../../shared/hooks.js';
import { problemText } from '../../shared/problems.js';
import { language, t } from '../../shared/strings.js';
import { Button } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { toast } from '../../shared/components/toast.js';
import { Waiting } from '../components/waiting.js';
import { undo } from '../scans.js';
import { useTick } from '../tick.js';

const TOLD_TO_MS = 1_000; // the server's `Date` has whole seconds, and ten minutes are not eleven

const ASKED_EACH_MS = 30_000;

/** @param {{till?: {id: string}}} props */
export default function Today({ till }) {
  const isOnline = useOnline();
  const tick = useTick(ASKED_EACH_MS);
  const [round, setRound] = useState(0);
  const entries = useOutbox((finished) => finished && setRound((/** @type {number} */ n) => n + 1));
  const [chosen, setChosen] = useState(/** @type {Api.RedemptionShown | null} */ (null));
  const deps = [tick, round, isOnline, language()];

  const since = () => instant(today(now()), '00:00');
  const load = async (/** @type {string} */ cursor) => (await api.get('/till/redemptions', { query: { since: since(), cursor, limit: 100 } })).data;

  async function takeBack() {
    if (!chosen) return;
    setChosen(null);
    try {
      await undo(chosen.id);
      toast(t('undo.done_text', { title: chosen.title }));
    } catch (error) {
      toast(problemText(error), { seconds: 10 });
    }
    setRound(round + 1);
  }

  const row = (/** @type {Api.RedemptionShown} */ item) => html`<${Redeemed} item=${item} isHere=${item.till_id !== null && item.till_id === till?.id} onUndo=${() => setChosen(item)} />`;
  return html`<h1>${t('today.title')} <span class="quiet day">${date(now())}</span></h1>
    <${Waiting} entries=${entries} />
    <${Count} deps=${deps} />
    <${Paged} load=${load} row=${row} label=${t('today.title')} deps=${deps} empty=${html`<${Empty} icon="ticket" title=${t('today.empty')}>${t('today.empty_text')}<//>`} />
    ${chosen &&
    html`<${Confirm} title=${t('undo.title')} yes=${t('undo.yes')} onYes=${takeBack} onClose=${() => setChosen(null)}>
      <p>${t('undo.text', { title: chosen.title, time: time(chosen.redeemed_at) })}</p>
    <//>`}`;
}

/** How many there are, without those taken back: the partner's statement says so. @param {{deps: any[]}} props */
function Count({ deps }) {
  const day = today(now());
  const { data } = useAsked(async (signal) => (await api.get('/partner/statement', { query: { month: day.slice(0, 7) }, signal })).data, deps);
  if (!data) return null;
  const n = data.days.filter((one) => one.day === day).reduce((sum, one) => sum + one.redemptions, 0);
  return n > 0 && html`<p class="quiet">${t('today.count', { n })}</p>`;
}

/** @param {{item: import('../scans.js').Redemption, isHere: boolean, onUndo: () => void}} props */
function Redeemed({ item, isHere, onUndo }) {
  const left = new Date(item.undo_until).getTime() - now().getTime() - TOLD_TO_MS;
  const minutes = Math.ceil(left / 60_000);
  const where = isHere ? t('today.here') : item.till;
  return html`<article class="card entry redeemed">
    <span class="when number">${time(item.redeemed_at)}</span>
    <div class="grow">
      <span class="title">${item.title}</span>
      <span class="quiet">${item.undone_at ? t('today.undone', { time: time(item.undone_at) }) : where}</span>
    </div>
    ${!item.undone_at && minutes > 0 && html`<${Button} kind="quiet" icon="undo" aria-label=${t('today.undo_one', { title: item.title, time: time(item.redeemed_at), n: minutes })} onClick=${onUndo}>${t('today.undo', { n: minutes })}<//>`}
  </article>`;
}
