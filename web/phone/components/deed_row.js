// A deed in a list: its picture, what it earns, what is left of it today, and what it takes.

import { html } from '../../shared/html.js';
import { Icon } from '../../shared/components/icons.js';
import { t } from '../../shared/strings.js';
import { accessName, capsLeft, duration, earns, evidenceName, leftToday } from './deed_words.js';

const PICTURES = { 'health-and-sport': 'sport' };
const EVIDENCE_PICTURES = { photo: 'camera', event_code: 'scan', organiser: 'person' };

/** @param {{category: string, size?: number}} props */
export function CategoryPicture({ category, size = 24 }) {
  const name = /** @type {Record<string, string>} */ (PICTURES)[category] ?? category;
  return html`<span class="picture ${name}"><${Icon} name=${name} size=${size} /></span>`;
}

/** @param {{kind: string, size?: number}} props */
export const EvidencePicture = ({ kind, size = 20 }) => html`<${Icon} name=${/** @type {any} */ (EVIDENCE_PICTURES)[kind]} size=${size} />`;

/** @param {{deed: Api.DeedItem, taken?: Api.CapsTaken}} props `taken` as `GET /me/caps` has it, where somebody is signed in */
export function DeedRow({ deed, taken }) {
  const left = taken && capsLeft(deed, taken);
  return html`<a class="card entry deed" href="#/deeds/${deed.code}">
    <${CategoryPicture} category=${deed.category} />
    <span class="grow">
      <span class="title">${deed.title}</span>
      <span class="earns">${earns(deed)}<span class="quiet"> · ${t('deeds.takes', { time: duration(deed.minutes) })}</span></span>
      <span class="row">
        ${left && html`<span class="tag ${left.free ? 'good' : 'warning'}">${leftToday(deed, taken)}</span>`}
        ${deed.evidence.map((/** @type {string} */ kind) => html`<span class="tag" key=${kind}><${EvidencePicture} kind=${kind} size=${16} />${evidenceName(kind)}</span>`)}
        ${deed.access.map((/** @type {string} */ tag) => html`<span class="tag" key=${tag}>${accessName(tag)}</span>`)}
      </span>
    </span>
  </a>`;
}
