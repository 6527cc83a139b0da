// What a change changes stands side by side: what it says now, and what it will say.

import { html } from '../../shared/html.js';
import { t } from '../../shared/strings.js';
import { fieldName, valueOf } from './words.js';

/** @param {{changes: Api.Difference[], worse?: string[], label?: string}} props */
export function Difference({ changes, worse = [], label = t('difference.label') }) {
  if (!changes.length) return null;
  return html`<table class="difference">
    <caption class="visually-hidden">${label}</caption>
    <thead><tr><th scope="col">${t('difference.what')}</th><th scope="col">${t('difference.before')}</th><th scope="col">${t('difference.after')}</th></tr></thead>
    <tbody>${changes.map(({ field, before, after }) => html`<tr key=${field}>
      <th scope="row">${fieldName(field)}${worse.includes(field) && html` <span class="tag warning">${t('difference.worse')}</span>`}</th>
      <td><del>${valueOf(field, before)}</del></td><td><ins>${valueOf(field, after)}</ins></td>
    </tr>`)}</tbody>
  </table>`;
}
