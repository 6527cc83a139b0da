// Our own small pictures, drawn on a grid of 24 with one stroke; a picture says nothing that the words beside it do not.

import { html } from '../html.js';

/** @type {Record<string, string>} */
const PATHS = {
  home: 'M4 11.5 12 5l8 6.5M6.5 10v9h11v-9M10 19v-5h4v5',
  deeds: 'M12 20s-7.5-4.3-7.5-10A4.2 4.2 0 0 1 12 7.6 4.2 4.2 0 0 1 19.5 10c0 5.7-7.5 10-7.5 10Z',
  list: 'M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01',
  ticket: 'M4 8a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v2.2a1.9 1.9 0 0 0 0 3.6V16a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-2.2a1.9 1.9 0 0 0 0-3.6ZM14 7v1.5M14 11.2v1.6M14 15.5V17',
  person: 'M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4ZM5 20c.4-3.6 3.2-5.6 7-5.6s6.6 2 7 5.6',
  points: 'M12 4.5c2 3 5.5 4.2 5.5 8.6A5.5 5.5 0 0 1 12 18.8a5.5 5.5 0 0 1-5.5-5.7C6.5 8.7 10 7.5 12 4.5ZM12 18.8V12',
  camera: 'M4.5 8.5h3l1.4-2h6.2l1.4 2h3v10h-15ZM12 16.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  scan: 'M4.5 8.5v-4h4M15.5 4.5h4v4M19.5 15.500v4h-4M8.5 19.500h-4v-4M4.5 12h15',
  check: 'm5 12.5 4.5 4.500L19 7.5',
  cross: 'M6.5 6.5 17.5 17.500M17.5 6.5 6.5 17.5',
  back: 'M19 12H5.500M11 6l-6 6 6 6',
  next: 'M5 12h13.500M13 6l6 6-6 6',
  down: 'm6.5 9.5 5.5 5.5 5.5-5.5',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 7.500V12l3 2',
  warning: 'M12 4.5 21 19.500H3ZM12 10v4.500M12 17h.01',
  info: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 11v5M12 8h.01',
  offline: 'M4 4.5 20 19.500M9 15.200a4.6 4.6 0 0 1 5.8-.2M6.3 12.200A8.8 8.8 0 0 1 9.5 10.300M14 10a8.7 8.7 0 0 1 3.7 2.200M3.5 9A12.8 12.8 0 0 1 6.7 6.800M11 5.600A12.7 12.7 0 0 1 20.5 9M12 18.500h.01',
  search: 'M11 17.500a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.8 15.8 20 20',
  filter: 'M4 6.500h16M7 12h10M10 17.500h4',
  calendar: 'M5 6.500h14v13H5ZM5 10.500h14M8.5 4v4M15.5 4v4',
  place: 'M12 20.500s-6-5.3-6-10.300a6 6 0 0 1 12 0c0 5-6 10.3-6 10.300ZM12 12.200a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400Z',
  settings: 'M4.5 8h8.500M17.5 8h2M4.5 16h2M11 16h8.500M15.2 10.200a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400ZM8.8 18.200a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400Z',
  leave: 'M13.5 5h-8v14h8M10.5 12h9.500M16.5 8l4 4-4 4',
  undo: 'M8.5 5 4.5 9l4 4M4.5 9h9a5.5 5.5 0 0 1 0 11H9',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  edit: 'M5 19l.8-3.800L16 5l3 3L8.8 18.200Z',
  chart: 'M5 19.500V12M12 19.500V5M19 19.500v-5M3.5 19.500h17',
  queue: 'M4.5 5h15v5h-15ZM4.5 14h15v5h-15Z',
  eye: 'M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6ZM12 14.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  rotate: 'M19 12a7 7 0 1 1-2.5-5.400M19 4v4h-4',
  shop: 'M4.5 10 6 5h12l1.5 5M4.5 10h15M6 10v9h12v-9M10 19v-5h4v5',
  save: 'M12 4v11M7 10.500l5 5 5-5M5 19.500h14',
  bus: 'M5 5.500h14v11H5ZM5 11.500h14M8 16.500v2.500M16 16.500v2.500M8 14h.01M16 14h.01',
  ball: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM4.500 9.500c5 .5 9 4 10.500 9.800M19.500 14.500c-5-.5-9-4-10.500-9.800',
  paw: 'M12 12.500c-2.500 0-4.500 2.300-4.500 4.300 0 2.700 2.700 1.700 4.500 1.700s4.500 1 4.500-1.700c0-2-2-4.300-4.500-4.300ZM5.500 11.500v-1M9.500 8v-1.500M14.500 8v-1.500M18.500 11.500v-1',
  globe: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM4 12h16M12 4c2.5 2.3 3.5 5 3.5 8s-1 5.7-3.5 8c-2.5-2.3-3.5-5-3.5-8s1-5.7 3.5-8Z',
};

/** @param {{name: string, size?: number}} props in pixels of usual text, growing with it; decoration only: the words beside it carry the meaning */
export function Icon({ name, size = 24 }) {
  return html`<svg class="icon" viewBox="0 0 24 24" width="${size / 16}rem" height="${size / 16}rem" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}

/** The sign of the programme. @param {{size?: number}} props */
export function Mark({ size = 28 }) {
  return html`<svg class="mark" viewBox="0 0 32 32" width="${size / 16}rem" height="${size / 16}rem" aria-hidden="true">
    <rect width="32" height="32" rx="9" />
    <path d="M9 17.200l4.7 4.700L23.5 11" />
  </svg>`;
}
