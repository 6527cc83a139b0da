// A whole event is decided in one go, and what became of each of its cases is told one by one.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { points, shortDate, time } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { Problem, problemText } from '../../shared/problems.js';
import { t } from '../../shared/strings.js';
import { duration } from '../components/case_view.js';
import { DecisionPanel } from '../components/decision_panel.js';
import { Key, useKeys } from '../components/keys.js';

const LISTED_MAX = 100;

/** @param {{id: string}} props */
export default function WholeEventPage({ id }) {
  const asked = useAsked(
    async (signal) => {
      const [event, waiting, reasons] = await Promise.all([
        api.get('/events/{event_id}', { path: { event_id: id }, signal }),
        api.get('/review-queue', { query: { event: id, limit: LISTED_MAX }, signal }),
        api.get('/reason-codes', { signal }),
      ]);
      return { event: event.data, waiting: waiting.data, reasons: reasons.data.items };
    },
    [id],
  );
  const [panel, setPanel] = useState(/** @type {any} */ (null));
  const [said, setSaid] = useState(/** @type {any} to be confirmed */ (null));
  const [results, setResults] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const count = asked.data?.waiting.matching ?? 0;

  async function send() {
    setError(null);
    try {
      const { data } = await api.post('/events/{event_id}/verification', { path: { event_id: id }, json: said });
      setResults((/** @type {any} */ before) => ({ items: [...(before?.items ?? []), ...data.items], left: data.left, said }));
      setPanel(null);
    } catch (problem) {
      setError(problem);
    }
    setSaid(null);
  }
  useKeys(count && !panel && !results ? { a: () => setPanel('approve'), d: () => setPanel('decline') } : {});

  if (asked.error) return html`<${ErrorBox} error=${asked.error} onRetry=${asked.again} />`;
  if (!asked.data) return html`<${Skeleton} />`;
  const { event, waiting, reasons } = asked.data;
  const words = said && (said.decision === 'approve' ? 'approve' : 'decline');
  return html`<header class="headline"><${ButtonLink} kind="bare" icon="back" href="#/queue?event=${id}">${t('nav.queue')}<//><h1>${event.title}</h1></header>
    <p class="quiet">${duration(event)} · ${event.office}</p>
    <${ErrorBox} error=${error} />
    ${results
      ? html`<${Results} results=${results} waiting=${waiting.items} onMore=${() => setSaid(results.said)} />`
      : count === 0
        ? html`<${Empty} icon="check" title=${t('whole.none')} />`
        : html`<p>${t('whole.lead', { n: count })}</p>
            <ul class="plain"><li>${t('whole.each')}</li><li>${t('whole.not')}</li></ul>
            ${panel
              ? html`<div class="card"><${DecisionPanel} key=${panel} act=${panel} title=${t(`whole.${panel}`)} button=${t('whole.go_on')} reasons=${reasons}
                  onDone=${(/** @type {any} */ why) => setSaid({ decision: panel, ...why })} onCancel=${() => setPanel(null)} /></div>`
              : html`<div class="row">
                  <${Button} icon="check" aria-keyshortcuts="a" onClick=${() => setPanel('approve')}>${t('whole.approve')} <${Key}>A<//><//>
                  <${Button} kind="quiet" icon="cross" aria-keyshortcuts="d" onClick=${() => setPanel('decline')}>${t('whole.decline')} <${Key}>D<//><//>
                </div>`}`}
    ${said &&
    html`<${Confirm} title=${t(`whole.${words}.sure`, { n: results ? results.left : count })} yes=${t(`panel.${words}.button`)} isDanger=${words === 'decline'} onYes=${send} onClose=${() => setSaid(null)}>
      <p>${t('whole.sure_text')}</p>
    <//>`}`;
}

/** @param {{results: any, waiting: any[], onMore: () => void}} props */
function Results({ results: { items, left }, waiting, onMore }) {
  const known = new Map(waiting.map((one) => [one.submission, one]));
  const how = (/** @type {string} */ result) => items.filter((/** @type {any} */ one) => one.result === result).length;
  const kinds = ['approved', 'approved_first', 'declined', 'refused'].filter((result) => how(result) > 0);
  return html`<section aria-labelledby="results">
    <h2 id="results" role="status">${t('whole.results')}</h2>
    <p class="row">${kinds.map((result) => html`<span key=${result} class="tag ${result === 'refused' ? 'bad' : 'good'}">${t(`whole.count.${result}`, { n: how(result) })}</span>`)}</p>
    <ol class="rows results">
      ${items.map((/** @type {any} */ one, /** @type {number} */ n) => html`<li key=${one.submission} class="waiting"><span class="grow">${named(n + 1, known.get(one.submission))}</span><span>${told(one)}</span></li>`)}
    </ol>
    <div class="row next">
      ${left > 0 && html`<${Button} onClick=${onMore}>${t('whole.more', { n: left })}<//>`}
      <${ButtonLink} kind=${left > 0 ? 'quiet' : 'primary'} href="#/queue">${t('case.to_queue')}<//>
    </div>
  </section>`;
}

/** @param {number} n @param {any} item */
const named = (n, item) => (item ? t('whole.case', { n, date: shortDate(item.queued_at), time: time(item.queued_at) }) : t('whole.case_unknown', { n }));

/** @param {any} one */
function told(one) {
  if (one.result === 'refused') return html`<span class="bad">${problemText(new Problem(409, one.code))}</span>`;
  const worth = one.result === 'approved' ? ` · ${points(one.points_awarded)}${one.cap_bound ? ` · ${t('whole.cap')}` : ''}` : '';
  return `${t(`whole.result.${one.result}`)}${worth}`;
}
