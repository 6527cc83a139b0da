// Where the lines and labels of a chart stand: round numbers, and no label upon another.

/** Round numbers from 0 to at least `most`, four or five of them. @param {number} most @returns {number[]} */
export function ticks(most) {
  if (most <= 0) return [0, 1];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 1);
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, n) => n * step);
}

/** Every how manieth label has room. @param {string[]} labels @param {number} room in pixels for each @param {number} letter its width */
export function everyNth(labels, room, letter) {
  const longest = Math.max(...labels.map((label) => label.length), 1) * letter;
  return Math.max(1, Math.ceil((longest * 1.6) / Math.max(room, 1))); // the last one is moved inside by half of itself
}

/**
 * The bars of a chart in pixels: stacked on each other, or side by side.
 * @param {{series: {values: number[]}[], isStacked: boolean, left: number, top: number, width: number, height: number, most: number}} of
 */
export function barsOf({ series, isStacked, left, top, width, height, most }) {
  const steps = series[0]?.values.length ?? 0;
  const room = width / Math.max(steps, 1);
  const inner = Math.min(room * 0.78, 56);
  const each = isStacked ? inner : inner / series.length;
  return Array.from({ length: steps }, (_, step) => {
    const start = left + step * room + (room - inner) / 2;
    let below = 0;
    return series.map(({ values }, number) => {
      const value = values[step];
      const tall = (value / most) * height;
      const y = top + height - tall - (isStacked ? (below / most) * height : 0);
      below += value;
      return { x: isStacked ? start : start + number * each, y, width: Math.max(each - (isStacked ? 0 : 1), 1), height: tall, number };
    });
  });
}
