// Green is "valid", red is "not valid" with its one reason, amber is "not yet confirmed": told by sign and words as well.

import { html, useEffect, useState } from '../../shared/html.js';
import { time } from '../../shared/format.js';
import { problemText } from '../../shared/problems.js';
import { t } from '../../shared/strings.js';
import { Button } from '../../shared/components/button.js';
import { undo } from '../scans.js';
import { signal } from '../signal.js';
import { Panel } from './panel.js';

const SECONDS = { good: 8, bad: 20, undone: 8 };
const ASKED_QUIETLY_MS = 2_500;

/**
 * @param {{outcome: import('../scans.js').Outcome, onBack: (typed?: string) => void, onUndone?: () => void}} props
 *   drawn again as the outcome becomes known
 */
export function Result({ outcome, onBack, onUndone }) {
  const [isUndone, setUndone] = useState(false);
  useEffect(() => signal(outcome.kind), [outcome.kind]);
  const next = (/** @type {string} */ label) => html`<${Button} class="big" onClick=${() => onBack()}>${label}<//>`;
  if (isUndone) {
    return html`<${Panel} key="undone" tone="plain" icon="undo" title=${t('undo.done')} seconds=${SECONDS.undone} actions=${next(t('result.next'))} onBack=${onBack}>
      <p>${t('undo.done_text', { title: outcome.title })}</p>
    <//>`;
  }
  if (outcome.kind === 'good') {
    const undone = () => (setUndone(true), onUndone?.());
    return html`<${Good} key="good" outcome=${outcome} next=${next(t('result.next'))} onUndone=${undone} onBack=${onBack} />`;
  }
  if (outcome.kind === 'bad') {
    return html`<${Panel} key="bad" tone="bad" icon="cross" over=${t('result.bad')} title=${outcome.reason} seconds=${SECONDS.bad} actions=${next(t('result.next'))} onBack=${onBack}>
      ${outcome.title && html`<p>${outcome.title}</p>`}
      ${outcome.more && html`<p>${outcome.more}</p>`}
      <p class="small">${t('result.any_key')}</p>
    <//>`;
  }
  return html`<${Asked} key="asked" outcome=${outcome} next=${next(t('result.next_customer'))} onBack=${onBack} />`;
}

/** @param {any} props */
function Good({ outcome, next, onUndone, onBack }) {
  const [problem, setProblem] = useState('');
  async function back() {
    try {
      await undo(outcome.redemption.id);
      onUndone();
    } catch (error) {
      setProblem(problemText(error));
    }
  }
  const actions = html`${next}<${Button} kind="quiet" icon="undo" onClick=${back}>${t('undo.do')}<//>`;
  return html`<${Panel} tone="good" icon="check" title=${t('result.good', { title: outcome.title })} seconds=${SECONDS.good} actions=${actions} onBack=${onBack}>
    <p>${t('result.counted', { time: time(outcome.redemption.redeemed_at) })}</p>
    ${problem ? html`<p role="alert">${problem}</p>` : html`<p class="small">${t('result.any_key')}</p>`}
  <//>`;
}

/** While the answer is on its way, and where it does not come. @param {any} props */
function Asked({ outcome, next, onBack }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ASKED_QUIETLY_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate && !outcome.problem) {
    return html`<${Panel} key="soon" tone="plain" icon="ticket" title=${t('result.asking')} takesKeys=${false} onBack=${onBack} />`;
  }
  return html`<${Panel} key="late" tone="asked" icon="clock" title=${t('asked.title')} actions=${next} onBack=${onBack}>
    ${outcome.problem?.status === 429 && html`<p>${t('problem.too_many')}</p>`}
    <p>${t('asked.text')}</p>
    <p>${t('asked.do')}</p>
    <p><strong>${outcome.since}</strong></p>
  <//>`;
}
