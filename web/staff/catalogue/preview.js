// While one writes, the API is asked what publishing would do: it does it and takes it back. Nothing is guessed here.

import { html, useEffect, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Banner, ErrorBox } from '../../shared/components/notice.js';
import { date, dateTime } from '../../shared/format.js';
import { has, t } from '../../shared/strings.js';
import { Difference } from './difference.js';
import { firstDayFrom } from './drafts.js';
import { Reasons } from './words.js';

const AFTER_MS = 400; // so that not every letter is a question

/**
 * What would become of a wish, asked again whenever it changes.
 * @param {'deeds' | 'benefits'} kind @param {any} wish @param {number} [version] the one that it is a change of
 * @returns {{told: Api.ItemTold | null, last: Api.ItemTold | undefined, error: unknown, isAsking: boolean}} `told` is of the wish as it stands, else null;
 *   `last` stays in sight until there is another answer, so that nothing jumps
 */
export function usePreview(kind, wish, version) {
  const text = JSON.stringify([wish, version]);
  const [state, setState] = useState(/** @type {any} */ ({ of: '' }));
  useEffect(() => {
    const call = new AbortController();
    const ask = () => (kind === 'deeds' ? api.post('/deeds/preview', { json: wish, signal: call.signal }) : api.post('/benefits/preview', { json: wish, signal: call.signal }));
    const timer = setTimeout(() => {
      ask().then(
        ({ data }) => call.signal.aborted || setState({ of: text, told: data }),
        (error) => call.signal.aborted || setState({ of: text, error }),
      );
    }, AFTER_MS);
    return () => (clearTimeout(timer), call.abort());
  }, [text]);
  const isAsking = state.of !== text;
  return { told: isAsking ? null : state.told, last: state.told, error: isAsking ? null : state.error, isAsking };
}

/**
 * The errors that stand at a field: what the charter says at once, what is merely missing once one wants to publish.
 * @param {Api.ItemTold | undefined} told @param {boolean} isWanted @returns {(...fields: string[]) => any} for `error` of a field
 */
export function errorsAt(told, isWanted) {
  const errors = (told?.errors ?? []).filter((error) => isWanted || error.rule);
  return (...fields) => {
    const here = errors.filter(({ field }) => fields.some((name) => field === name || field.startsWith(`${name}.`)));
    return here.length ? html`<${Reasons} errors=${here} />` : undefined;
  };
}

/**
 * What publishing would do, and from when.
 * @param {{preview: {last: Api.ItemTold | undefined, error: unknown, isAsking: boolean}, isNew: boolean, onDay?: (day: string) => void}} props
 */
export function Outlook({ preview: { last: shown, error, isAsking }, isNew, onDay }) {
  return html`<section class="card outlook" aria-labelledby="outlook" aria-busy=${isAsking ? 'true' : undefined}>
    <h2 id="outlook">${t('outlook.title')}</h2>
    <${ErrorBox} error=${error} />
    <div role="status">${shown && html`<${Told} told=${shown} isNew=${isNew} onDay=${onDay} />`}</div>
    ${shown && html`<${Difference} changes=${isNew ? [] : shown.changes} worse=${shown.worse} />`}
  </section>`;
}

/** @param {any} props */
function Told({ told, isNew, onDay }) {
  const { result, problem, earliest, worse } = told;
  if (problem === 'notice_too_short') {
    const day = firstDayFrom(earliest);
    return html`<${Banner} kind="warning" action=${onDay && html`<${Button} kind="quiet" onClick=${() => onDay(day)}>${t('outlook.take_day', { day: date(`${day}T12:00:00Z`) })}<//>`}>
      <p><strong>${t('outlook.worse')}</strong> ${t('outlook.earliest', { at: dateTime(earliest) })}</p><//>`;
  }
  if (problem === 'charter_refused') return html`<${Banner} kind="bad"><p>${t('outlook.charter')}</p><//>`;
  if (result === 'refused') {
    const key = `problem.${problem}`;
    return html`<p class="quiet">${problem !== 'invalid' && has(key) ? t(key) : t('outlook.incomplete')}</p>`;
  }
  if (result === 'same') return html`<p class="quiet">${t('outlook.same')}</p>`;
  if (isNew) return html`<p>${t('outlook.new', { at: dateTime(told.in_force_from) })}</p>`;
  return html`<p>${result === 'announced' ? t('outlook.announced', { at: dateTime(told.in_force_from) }) : t('outlook.changed')}</p>
    ${worse.length > 0 && html`<p class="quiet">${t('outlook.noticed')}</p>`}`;
}
