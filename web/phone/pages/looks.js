// Which office looked at or did what in my matters, when and why: offices, never names (charter C43).

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { dateTime } from '../../shared/format.js';
import { has, language, t } from '../../shared/strings.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { Back } from '../components/back.js';

export default function Looks() {
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/me/access-log', { query: { cursor, limit: 30 } })).data;
  return html`<${Back} to="/me">${t('me.back')}<//>
    <h1>${t('me.looks')}</h1>
    <p class="quiet">${t('looks.lead')}</p>
    <${Paged} label=${t('me.looks')} load=${load} deps=${[language()]} keyOf=${(/** @type {any} */ look) => `${look.at} ${look.kind} ${look.object}`}
      row=${(/** @type {any} */ look) => html`<${Look} look=${look} />`}
      empty=${html`<${Empty} icon="eye" title=${t('looks.none')}>${t('looks.none_text')}<//>`} />`;
}

/** @param {{look: {at: string, office: string, kind: string}}} props */
function Look({ look }) {
  const key = `look.${look.kind}`;
  const office = look.office === 'software' ? t('looks.software') : look.office;
  return html`<div class="movement"><span class="grow"><span class="title">${has(key) ? t(key) : t('looks.other', { kind: look.kind })}</span>
    <span class="quiet">${office} · <time datetime=${look.at}>${dateTime(look.at)}</time></span></span></div>`;
}
