// A whole event is decided in one go, and what became of each of its cases is told one by one.

import { html, useEffect, useRef, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Banner, Empty, ErrorBox, Progress, Skeleton } from '../../shared/components/notice.js';
import { points, shortDate, time } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { Problem, problemText } from '../../shared/problems.js';
import { t } from '../../shared/strings.js';
import { duration } from '../components/case_view.js';
import { DecisionPanel } from '../components/decision_panel.js';
import { Key, useKeys } from '../components/keys.js';

/** What was told so far: one result for each case, and where the next call goes on. @typedef {{said: Api.EventVerification, items: Map<string, any>, cursor: string | null, isOver: boolean}} Run */

/** @param {{id: string}} props */
export default function WholeEventPage({ id }) {
  const asked = useAsked(
    async (signal) => {
      const [event, waiting, reasons] = await Promise.all([
        api.get('/events/{event_id}', { path: { event_id: id }, signal }),
        api.get('/review-queue', { query: { event: id, limit: 1 }, signal }),
        api.get('/reason-codes', { signal }),
      ]);
      return { event: event.data, count: waiting.data.matching, reasons: reasons.data.items };
    },
    [id],
  );
  const [panel, setPanel] = useState(/** @type {any} */ (null));
  const [said, setSaid] = useState(/** @type {any} to be confirmed */ (null));
  const [run, setRun] = useState(/** @type {Run | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const isGone = useRef(false);
  useEffect(() => () => void (isGone.current = true), []);
  const count = asked.data?.count ?? 0;

  /** So many at a time as a call takes, until each has been told. @param {Run} run */
  async function goOn(run) {
    setError(null);
    setRun(run);
    try {
      while (!run.isOver && !isGone.current) {
        const json = { ...run.said, ...(run.cursor ? { cursor: run.cursor } : {}) };
        const { data } = await api.post('/events/{event_id}/verification', { path: { event_id: id }, json });
        // What was approved here as the first of two is told again as not ours to decide: what came first holds.
        const items = new Map([...data.items.map((one) => /** @type {const} */ ([one.submission, one])), ...run.items]);
        run = { said: run.said, items, cursor: data.next_cursor, isOver: !data.next_cursor };
        setRun(run);
      }
    } catch (problem) {
      setError(problem);
    }
  }
  function begin() {
    goOn({ said, items: new Map(), cursor: null, isOver: false });
    setPanel(null);
    setSaid(null);
  }
  useKeys(count && !panel && !run ? { a: () => setPanel('approve'), d: () => setPanel('decline') } : {});

  if (asked.error) return html`<${ErrorBox} error=${asked.error} onRetry=${asked.again} />`;
  if (!asked.data) return html`<${Skeleton} />`;
  const { event, reasons } = asked.data;
  const words = said && (said.decision === 'approve' ? 'approve' : 'decline');
  return html`<header class="headline"><${ButtonLink} kind="bare" icon="back" href="#/queue?event=${id}">${t('nav.queue')}<//><h1>${event.title}</h1></header>
    <p class="quiet">${duration(event)} · ${event.office}</p>
    <${ErrorBox} error=${error} onRetry=${run && (() => goOn(run))} />
    ${run
      ? html`<${Results} run=${run} count=${count} isGoing=${!error && !run.isOver} />`
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
    html`<${Confirm} title=${t(`whole.${words}.sure`, { n: count })} yes=${t(`panel.${words}.button`)} isDanger=${words === 'decline'} onYes=${begin} onClose=${() => setSaid(null)}>
      <p>${t('whole.sure_text')}</p>
    <//>`}`;
}

/** How far it is, and once it is over what became of each: what was not decided first. @param {{run: Run, count: number, isGoing: boolean}} props */
function Results({ run, count, isGoing }) {
  const items = [...run.items.values()].sort((one, other) => Number(other.result === 'refused') - Number(one.result === 'refused') || one.queued_at.localeCompare(other.queued_at));
  const how = (/** @type {string} */ result) => items.filter((one) => one.result === result).length;
  const kinds = ['approved', 'approved_first', 'declined', 'refused'].filter((result) => how(result) > 0);
  const all = Math.max(count, items.length);
  return html`<section aria-labelledby="results">
    <h2 id="results" role="status">${isGoing ? t(`whole.${run.said.decision}`) : t('whole.results')}</h2>
    ${!run.isOver && html`<${Progress} share=${items.length / all} label=${t('whole.going', { done: items.length, all })} />`}
    <p class="row">${kinds.map((result) => html`<span key=${result} class="tag ${result === 'refused' ? 'bad' : 'good'}">${t(`whole.count.${result}`, { n: how(result) })}</span>`)}</p>
    ${run.isOver && items.length < count && html`<${Banner} kind="warning"><p>${t('whole.unheard', { n: count - items.length })}</p><//>`}
    ${!isGoing &&
    html`<ol class="rows results">
        ${items.map((one, n) => html`<li key=${one.submission} class="waiting"><span class="grow">${t('whole.case', { n: n + 1, date: shortDate(one.queued_at), time: time(one.queued_at) })}</span><span>${told(one)}</span></li>`)}
      </ol>
      <div class="row next"><${ButtonLink} kind=${run.isOver ? 'primary' : 'quiet'} href="#/queue">${t('case.to_queue')}<//></div>`}
  </section>`;
}

/** @param {any} one */
function told(one) {
  if (one.result === 'refused') return html`<span class="bad">${problemText(new Problem(409, one.code))}</span>`;
  const worth = one.result === 'approved' ? ` · ${points(one.points_awarded)}${one.cap_bound ? ` · ${t('whole.cap')}` : ''}` : '';
  return `${t(`whole.result.${one.result}`)}${worth}`;
}
