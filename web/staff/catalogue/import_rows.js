// What would become of each row of a table, bad ones first.

import { html, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { dateTime } from '../../shared/format.js';
import { has, t } from '../../shared/strings.js';
import { Difference } from './difference.js';
import { Reasons, fieldName } from './words.js';

const AT_ONCE = 50;
const KINDS = { refused: 'bad', new: 'good', changed: 'good', announced: 'warning', same: '' };
const ORDER = ['refused', 'announced', 'changed', 'new', 'same'];

/** @param {{rows: Api.RowTold[]}} props */
export function ImportRows({ rows }) {
  const [shown, setShown] = useState(AT_ONCE);
  const sorted = [...rows].sort((one, other) => ORDER.indexOf(one.result) - ORDER.indexOf(other.result) || one.line - other.line);
  return html`<ol class="import-rows">${sorted.slice(0, shown).map((row) => html`<li key=${row.line}><${Row} row=${row} /></li>`)}</ol>
    ${sorted.length > shown && html`<${Button} kind="quiet" class="more" onClick=${() => setShown(shown + AT_ONCE)}>${t('more')}<//>`}`;
}

/** @param {{row: Api.RowTold}} props */
function Row({ row }) {
  const { line, code, result, changes, worse, in_force_from: from, problem, errors } = row;
  const key = `problem.${problem}`;
  return html`<p class="row"><span class="tag ${KINDS[/** @type {keyof typeof KINDS} */ (result)]}">${t(`import.is_${result}`)}</span>
      <strong>${code || t('import.no_code')}</strong> <span class="quiet">${t('import.line', { n: line })}</span></p>
    ${from && result === 'announced' && html`<p>${t('import.announced_from', { at: dateTime(from) })}</p>`}
    <${Difference} changes=${changes} worse=${worse} label=${t('import.line', { n: line })} />
    ${result === 'refused' && html`<ul class="faults">${alike(errors).map((some) => html`<li key=${some[0].field}>
      ${some[0].field === 'row' && has(key) ? t(key) : html`<strong>${some.map(({ field }) => (field === 'row' ? t('import.row') : fieldName(field))).join(', ')}:</strong> <${Reasons} errors=${some.slice(0, 1)} />`}</li>`)}</ul>`}`;
}

/** One rule that is broken in five languages is told once. @param {any[]} errors @returns {any[][]} */
function alike(errors) {
  /** @type {Map<string, any[]>} */
  const groups = new Map();
  for (const error of errors) {
    const what = error.rule ?? error.reason;
    groups.set(what, [...(groups.get(what) ?? []), error]);
  }
  return [...groups.values()];
}
