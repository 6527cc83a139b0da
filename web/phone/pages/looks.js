// Which office looked at or did what in my matters, when and why: offices, never names (charter C43).

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { dateTime } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { has, language, t } from '../../shared/strings.js';
import { Empty } from '../../shared/components/notice.js';
import { Paged } from '../../shared/components/paged.js';
import { Back } from '../components/back.js';

export default function Looks() {
  const load = async (/** @type {string | undefined} */ cursor) => (await api.get('/me/access-log', { query: { cursor, limit: 30 } })).data;
  const reasons = useAsked(async (signal) => (await api.get('/reason-codes', { signal })).data.items, [language()], { keep: `reasons.${language()}` });
  return html`<${Back} to="/me">${t('me.back')}<//>
    <h1>${t('me.looks')}</h1>
    <p class="quiet">${t('looks.lead')}</p>
    <${Paged} label=${t('me.looks')} load=${load} deps=${[language()]} keyOf=${(/** @type {Api.Look} */ look) => `${look.at} ${look.kind} ${look.object}`}
      row=${(/** @type {Api.Look} */ look) => html`<${Look} look=${look} why=${whyOf(look, reasons)} />`}
      empty=${html`<${Empty} icon="eye" title=${t('looks.none')}>${t('looks.none_text')}<//>`} />`;
}

/**
 * What for: a decision's purpose is its reason code, which the city has in words. Nothing while these are on their way.
 * @param {{purpose: string}} look @param {{data?: {code: string, text: string}[], error: unknown}} reasons
 */
function whyOf({ purpose }, { data, error }) {
  if (has(`purpose.${purpose}`)) return t(`purpose.${purpose}`);
  return data || error ? (data?.find(({ code }) => code === purpose)?.text ?? purpose) : '';
}

/** @param {{look: {at: string, office: string, kind: string}, why: string}} props */
function Look({ look, why }) {
  const key = `look.${look.kind}`;
  const office = look.office === 'software' ? t('looks.software') : look.office;
  return html`<div class="movement"><span class="grow"><span class="title">${has(key) ? t(key) : t('looks.other', { kind: look.kind })}</span>
    <span class="quiet">${office} · <time datetime=${look.at}>${dateTime(look.at)}</time></span>${why && html`<span class="quiet">${t('looks.why', { why })}</span>`}</span></div>`;
}
