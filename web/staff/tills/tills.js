// A partner's devices: which there are, how they stand, and the end of one that was lost.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { Icon } from '../../shared/components/icons.js';
import { toast } from '../../shared/components/toast.js';
import { dateTime, time } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { problemText } from '../../shared/problems.js';
import { t } from '../../shared/strings.js';
import { Pairing, devicesOf } from './pairing.js';

const KINDS = { paired: '', on_shift: 'good', locked: 'warning', blocked: 'bad', ended: '' };

/** @param {{code: string, partner: string}} props */
export function Tills({ code, partner }) {
  const [pairing, setPairing] = useState(/** @type {any} */ (null));
  const [ending, setEnding] = useState(/** @type {Api.TillShown | null} */ (null));
  const { data, error, again } = useAsked((signal) => devicesOf(code, signal), [code]);
  const working = data?.filter(({ state }) => state !== 'ended');
  const ended = data?.filter(({ state }) => state === 'ended') ?? [];
  async function end() {
    if (!ending) return;
    try {
      await api.delete('/partners/{code}/devices/{till_id}', { path: { code, till_id: ending.id } });
      toast(t('till.is_ended', { name: ending.name }));
    } catch (problem) {
      toast(problemText(problem));
    }
    setEnding(null);
    again();
  }
  const pair = html`<${Button} icon="plus" onClick=${() => setPairing({})}>${t('till.pair')}<//>`;
  return html`<section class="card" aria-labelledby="tills">
    <header class="row between"><h2 id="tills">${t('till.title')}</h2>${working && working.length > 0 && pair}</header>
    <${ErrorBox} error=${error} onRetry=${again} />
    ${!data && !error && html`<${Skeleton} lines=${2} />`}
    ${working?.length === 0 && html`<${Empty} icon="scan" title=${t('till.none')} action=${pair}>${t('till.none_text')}<//>`}
    <ul class="rows lined">${working?.map((till) => html`<li key=${till.id} class="row">
      <${Icon} name="scan" />
      <div class="grow"><strong>${till.name}</strong> <span class="tag ${KINDS[/** @type {keyof typeof KINDS} */ (till.state)]}">${t(`till.${till.state}`)}</span>
        <span class="quiet line">${since(till)}</span></div>
      <${Button} kind="quiet" onClick=${() => setPairing(till)}>${t('till.again')}<//>
      <${Button} kind="quiet" icon="cross" onClick=${() => setEnding(till)}>${t('till.end')}<//>
    </li>`)}</ul>
    ${ended.length > 0 && html`<details><summary>${t('till.ended_ones', { n: ended.length })}</summary>
      <ul>${ended.map((till) => html`<li key=${till.id}>${till.name} <span class="quiet">${t('till.ended_at', { at: dateTime(/** @type {string} */ (till.ended_at)) })}</span></li>`)}</ul></details>`}
    ${pairing && html`<${Pairing} ...${{ code, partner }} till=${pairing} onClose=${() => (setPairing(null), again())} />`}
    ${ending && html`<${Confirm} isDanger title=${t('till.end_title', { name: ending.name })} yes=${t('till.end')} onYes=${end} onClose=${() => setEnding(null)}><p>${t('till.end_text')}</p><//>`}
  </section>`;
}

/** @param {Api.TillShown} till */
function since(till) {
  if (till.shift_ends_at) return t('till.until', { at: time(till.shift_ends_at) });
  if (till.locked_until) return t('till.locked_until', { at: time(till.locked_until) });
  return till.last_used_at ? t('till.used', { at: dateTime(till.last_used_at) }) : t('till.paired_at', { at: dateTime(till.paired_at) });
}
