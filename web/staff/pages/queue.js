// To come.
import { html } from '../../shared/html.js';
import { t } from '../../shared/strings.js';
export default function Page() {
  return html`<h1>${t('nav.queue')}</h1>`;
}
