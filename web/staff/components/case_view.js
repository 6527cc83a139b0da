// What a verifier judges by: what was claimed, what to look at, and the rule of that day. Nothing says whose it is.

import { html } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Icon } from '../../shared/components/icons.js';
import { date, dateTime, points, relative, time } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { locale, t } from '../../shared/strings.js';

/** "2 h 30 min", or how many. @param {number} quantity @param {string} unit */
export function amount(quantity, unit) {
  if (unit !== 'hour') return t(`amount.${unit}`, { n: quantity });
  const in_ = (/** @type {string} */ name, /** @type {number} */ n) => new Intl.NumberFormat(locale(), { style: 'unit', unit: name, unitDisplay: 'long' }).format(n);
  const [hours, minutes] = [Math.floor(quantity / 60), quantity % 60];
  return [hours > 0 && in_('hour', hours), (minutes > 0 || !hours) && in_('minute', minutes)].filter(Boolean).join(' ');
}

/** @param {{shown: Api.ReviewedSubmission}} props */
export function Claim({ shown }) {
  const { confirmation: said, event, unit } = shown;
  return html`<section class="part">
    <h2>${t('case.claim')}</h2>
    <dl class="facts">
      <div><dt>${t('case.when')}</dt><dd>${dateTime(shown.done_at)}</dd></div>
      <div><dt>${t('case.amount')}</dt><dd>${amount(shown.quantity, unit)}</dd></div>
      <div><dt>${t('case.worth')}</dt><dd>${shown.without_points ? t('case.without_points') : points(shown.points_expected)}</dd></div>
      ${event && html`<div><dt>${t('case.event')}</dt><dd>${event.title}<br /><span class="quiet">${duration(event)}</span></dd></div>`}
      ${said &&
      html`<div><dt>${t('case.organiser')}</dt><dd>
        ${said.confirmed ? t('case.confirmed', { amount: amount(said.quantity ?? shown.quantity, unit) }) : html`<strong class="bad">${t('case.denied')}</strong>`}
        ${said.text && html`<br /><q>${said.text}</q>`}
      </dd></div>`}
      ${shown.note && html`<div><dt>${t('case.note')}</dt><dd><q>${shown.note}</q></dd></div>`}
      ${shown.questions.map((asked) => html`<div key=${asked.at}><dt>${t('case.asked', { date: date(asked.at) })}</dt><dd><q>${asked.text}</q></dd></div>`)}
    </dl>
  </section>`;
}

/** @param {{starts_at: string, ends_at: string | null}} event */
export function duration({ starts_at, ends_at }) {
  if (!ends_at) return t('event.standing', { date: date(starts_at) });
  return date(starts_at) === date(ends_at) ? `${dateTime(starts_at)}–${time(ends_at)}` : `${dateTime(starts_at)} – ${dateTime(ends_at)}`;
}

/** @param {{items: {check: string, text: string, is_met: boolean | null}[]}} props */
export function Checklist({ items }) {
  const told = (/** @type {boolean | null} */ met) => (met === null ? ['eye', '', ''] : met ? ['check', t('check.met'), 'good'] : ['warning', t('check.lacking'), 'bad']);
  return html`<section class="part">
    <h2>${t('case.checklist')}</h2>
    <ul class="checks">
      ${items.map(({ check, text, is_met }) => {
        const [icon, words, kind] = told(is_met);
        return html`<li key=${check} class=${kind}><${Icon} name=${icon} size=${20} /><span>${text}${words && html` <strong>${words}</strong>`}</span></li>`;
      })}
    </ul>
  </section>`;
}

/** @param {{shown: Api.ReviewedSubmission}} props */
export function Rule({ shown: { rule, rule_version, deed } }) {
  const { data: names = {} } = useAsked(async (signal) => named((await api.get('/districts', { open: true, signal })).data), [], { keep: 'district-names' });
  return html`<section class="part">
    <h2>${t('case.rule', { version: rule_version })}</h2>
    <p>${rule.purpose}</p>
    <ul class="plain">
      <li>${t(`rule.per.${rule.unit}`, { points: points(rule.points) })}</li>
      <li>${t(`rule.most.${rule.unit}`, { day: rule.max_per_day, year: rule.max_per_year })}</li>
      <li>${t('rule.evidence', { kinds: rule.evidence.map((kind) => t(`evidence.${kind}`)).join(', ') })}</li>
      ${rule.districts.length > 0 && html`<li>${t('rule.districts', { names: rule.districts.map((code) => names[code] ?? code).join(', ') })}</li>`}
    </ul>
  </section>`;
}

/** @param {{items: {code: string, name: string}[]}} page */
const named = ({ items }) => Object.fromEntries(items.map(({ code, name }) => [code, name]));

/** Since when it waits and until when a decision is promised. @param {{shown: Api.ReviewedSubmission}} props */
export function Promised({ shown: { queued_at, promised_by, waiting_days } }) {
  if (!promised_by) return null;
  const now = new Date(new Date(queued_at).getTime() + waiting_days * 86_400_000);
  const isLate = now > new Date(promised_by);
  return html`<span class="tag ${isLate ? 'bad' : ''}" title=${relative(promised_by)}>
    ${isLate ? t('case.late', { date: date(promised_by) }) : t('case.promised', { date: date(promised_by) })}
  </span>`;
}
