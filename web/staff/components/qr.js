// A code to be scanned is drawn dark on white whatever the theme: cameras read no other.

import { html } from '../../shared/html.js';
import { encodeQR } from '../../vendor/qr.js';

const QUIET = 4;

/** @param {{text: string, label: string}} props */
export function Qr({ text, label }) {
  const rows = encodeQR(text, 'raw', { border: QUIET });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return html`<svg class="qr" viewBox="0 0 ${rows.length} ${rows.length}" role="img" aria-label=${label} shape-rendering="crispEdges"><path d=${path} /></svg>`;
}
