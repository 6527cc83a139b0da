// All that I said I did: what waits on this phone first, then by when I sent it, each with its state.

import { api } from '../../shared/api.js';
import { html, useState } from '../../shared/html.js';
import { useOutbox } from '../../shared/hooks.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { language, t } from '../../shared/strings.js';
import { MyDeedRow } from '../components/my_deed_row.js';
import { OutboxRows } from '../components/outbox_rows.js';

export default function MyDeeds() {
  const [round, setRound] = useState(0);
  const entries = useOutbox(() => setRound((n) => n + 1));
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/submissions', { query: { cursor } })).data;
  const none = html`<${Empty} icon="deeds" title=${t('my.none')} action=${html`<${ButtonLink} href="#/deeds">${t('home.do')}<//>`}>${t('my.none_text')}<//>`;
  return html`<h1>${t('my.title')}</h1>
    <${OutboxRows} entries=${entries} />
    <${Paged} label=${t('my.title')} load=${load} deps=${[round, language()]} keep="my-deeds"
      row=${(/** @type {Api.SubmissionItem} */ one) => html`<${MyDeedRow} one=${one} />`} empty=${entries.length ? null : none} />`;
}
