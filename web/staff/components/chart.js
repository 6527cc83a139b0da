// A chart that people can read: labelled axes, values by pointer and by keyboard, shades and patterns beside colours,
// and behind it the table with the same numbers.

import { html, newId, useEffect, useRef, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { number } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { barsOf, everyNth, ticks } from './axes.js';

export const SERIES_MAX = 5;

/**
 * @typedef {{label: string, long: string}} Step
 * @typedef {{name: string, values: number[]}} Series
 *
 * @param {{title: string, unit: string, stepName: string, steps: Step[], isStacked?: boolean, series: Series[], format?: (value: number) => string, columns?: {name: string, values: string[]}[],
 *   onCsv?: () => Promise<void>, empty?: string}} props
 *   `unit` names the upright axis and `stepName` the other; `columns` stand in the table only
 */
export function BarChart({ title, unit, stepName, steps, series, isStacked = false, format = number, columns = [], onCsv, empty }) {
  const [id] = useState(newId);
  const [at, setAt] = useState(/** @type {number | null} */ (null));
  const shown = at === null || at >= steps.length ? null : at;
  const isEmpty = series.every(({ values }) => values.every((value) => value === 0));
  const told = (/** @type {number} */ step) => series.map(({ name, values }) => `${name}: ${format(values[step])}`).join(', ');
  return html`<figure class="chart" aria-labelledby=${id}>
    <figcaption><h3 id=${id}>${title}</h3></figcaption>
    <ul class="legend" aria-label=${t('chart.legend')}>
      ${series.map(({ name, values }, n) => html`<li key=${name}>
        <${Swatch} number=${n} /><span>${name}</span>
        <strong class="number">${format(shown === null ? sum(values) : values[shown])}</strong>
      </li>`)}
      <li class="when">${shown === null ? t('chart.in_all') : steps[shown].long}</li>
    </ul>
    ${isEmpty
      ? html`<p class="quiet nothing">${empty ?? t('chart.nothing')}</p>`
      : html`<${Plot} id=${id} ...${{ unit, stepName, steps, series, isStacked, format, told }} at=${shown} onMove=${setAt} />`}
    <div class="behind">
      <details>
        <summary>${t('chart.table')}</summary>
        <${Numbers} caption=${title} ...${{ stepName, steps, series, columns, format }} />
      </details>
      ${onCsv && html`<${Button} kind="bare" icon="download" onClick=${onCsv} label=${t('chart.csv_of', { title })}>${t('chart.csv')}<//>`}
    </div>
  </figure>`;
}

const sum = (/** @type {number[]} */ values) => values.reduce((all, one) => all + one, 0);

/** @param {{number: number}} props */
function Swatch({ number: n }) {
  return html`<svg class="swatch" viewBox="0 0 16 16" aria-hidden="true"><${Patterns} id="swatch-${n}" />
    <rect class="series-${n}" width="16" height="16" rx="3" /><rect fill="url(#swatch-${n}-${n})" width="16" height="16" rx="3" /></svg>`;
}

/** What tells series apart where colours do not. @param {{id: string}} props */
function Patterns({ id }) {
  return html`<defs>
    <pattern id="${id}-1" class="grain" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" /></pattern>
    <pattern id="${id}-2" class="grain" width="5" height="5" patternUnits="userSpaceOnUse"><path d="M0 2.5H5" /></pattern>
    <pattern id="${id}-3" class="grain" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 0L6 6M6 0L0 6" /></pattern>
    <pattern id="${id}-4" class="grain" width="5" height="5" patternUnits="userSpaceOnUse"><path d="M2.5 0V5" /></pattern>
  </defs>`;
}

/** The drawing. For the keyboard it is one stop, and arrows go through its steps. @param {any} props */
function Plot({ id, unit, stepName, steps, series, isStacked, format, told, at, onMove }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const [{ width, letter }, setSize] = useState({ width: 0, letter: 7 });
  useEffect(() => {
    const measure = () => setSize({ width: box.current?.clientWidth ?? 0, letter: parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.46 });
    const watcher = new ResizeObserver(measure);
    if (box.current) watcher.observe(box.current);
    measure();
    return () => watcher.disconnect();
  }, []);
  const tops = steps.map((/** @type {Step} */ _, /** @type {number} */ step) => {
    const values = series.map((/** @type {Series} */ one) => one.values[step]);
    return isStacked ? sum(values) : Math.max(...values);
  });
  const marks = ticks(Math.max(...tops));
  const most = marks[marks.length - 1];
  const line = letter * 2.6;
  const left = Math.max(...marks.map((mark) => format(mark).length)) * letter + letter * 1.6;
  const area = { left, top: line * 1.3, width: Math.max(width - left - 2, 1), height: line * 10 };
  const room = area.width / steps.length;
  const nth = everyNth(steps.map((/** @type {Step} */ step) => step.label), room, letter);
  const foot = area.top + area.height;
  const stepAt = (/** @type {PointerEvent} */ event) => {
    const x = event.clientX - (box.current?.getBoundingClientRect().left ?? 0) - area.left;
    onMove(Math.min(steps.length - 1, Math.max(0, Math.floor(x / room))));
  };
  const now = at ?? steps.length - 1;
  return html`<div ref=${box} class="plot" role="slider" tabindex="0" aria-labelledby=${id} aria-orientation="horizontal"
    aria-valuemin="1" aria-valuemax=${steps.length} aria-valuenow=${now + 1} aria-valuetext="${steps[now].long}: ${told(now)}"
    onPointerMove=${stepAt} onPointerDown=${stepAt} onPointerLeave=${() => onMove(null)}
    onFocus=${() => at === null && onMove(now)} onBlur=${() => onMove(null)}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => keyed(event, now, steps.length, onMove)}>
    ${width > 0 && html`<svg width=${width} height=${foot + line * 2.2} aria-hidden="true">
      <${Patterns} id=${id} />
      <text class="axis" x="0" y=${line * 0.7}>${unit}</text>
      ${marks.map((mark) => {
        const y = foot - (mark / most) * area.height;
        return html`<line key=${mark} class="rule" x1=${left} x2=${width} y1=${y} y2=${y} /><text class="tick-label" text-anchor="end" x=${left - letter * 0.8} y=${y + letter * 0.7}>${format(mark)}</text>`;
      })}
      ${at !== null && html`<rect class="band" x=${left + at * room} y=${area.top} width=${room} height=${area.height} />`}
      ${barsOf({ series, isStacked, most, ...area }).map((bars, step) => html`<g key=${step}>${bars.filter((bar) => bar.height > 0).map((bar) => {
        const place = { x: bar.x, y: bar.y, width: bar.width, height: bar.height };
        return html`<rect class="series-${bar.number}" ...${place} /><rect fill="url(#${id}-${bar.number})" ...${place} />`;
      })}</g>`)}
      ${steps.map((/** @type {Step} */ step, /** @type {number} */ n) => (steps.length - 1 - n) % nth === 0 && html`<text key=${n} class="tick-label" text-anchor="middle" x=${kept(left + (n + 0.5) * room, step.label.length * letter * 0.6, width)} y=${foot + line * 0.75}>${step.label}</text>`)}
      <text class="axis" text-anchor="end" x=${width} y=${foot + line * 1.8}>${stepName}</text>
    </svg>`}
  </div>`;
}

/** A label's middle, moved so that it stays inside. @param {number} x @param {number} half @param {number} width */
const kept = (x, half, width) => Math.min(x, width - half);

/** @param {KeyboardEvent} event @param {number} now @param {number} many @param {(at: number) => void} move */
function keyed(event, now, many, move) {
  const to = { ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, Home: 0, End: many - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  move(Math.min(many - 1, Math.max(0, to)));
}

/** @param {any} props */
function Numbers({ caption, stepName, steps, series, columns, format }) {
  return html`<div class="wide-table" tabindex="0" role="region" aria-label=${caption}><table>
    <caption class="visually-hidden">${caption}</caption>
    <thead><tr><th scope="col">${stepName}</th>${[...series, ...columns].map(({ name }) => html`<th key=${name} scope="col" class="number">${name}</th>`)}</tr></thead>
    <tbody>${steps.map((/** @type {Step} */ step, /** @type {number} */ n) => html`<tr key=${n}><th scope="row">${step.long}</th>
      ${series.map((/** @type {Series} */ one) => html`<td key=${one.name} class="number">${format(one.values[n])}</td>`)}
      ${columns.map((/** @type {{name: string, values: string[]}} */ one) => html`<td key=${one.name} class="number">${one.values[n]}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
