// A decision says what, why, by which rule, by which office, and how to object until when (charter C22).

import { html } from '../../shared/html.js';
import { date } from '../../shared/format.js';
import { t } from '../../shared/strings.js';

/** @param {{one: Api.SubmissionItem}} props the newest decision comes first; a question that is open stands with its answer */
export function Decisions({ one }) {
  const told = one.decisions.slice(0, one.status === 'asked' ? -1 : undefined).reverse();
  if (!told.length) return null;
  return html`<section>
    <h2>${told[0].is_final ? t('decision.title') : t('decision.said')}</h2>
    <ol class="rows">
      ${told.map((decision) => html`<li key=${decision.at} class="card decision"><${Decision} decision=${decision} deed=${one.deed} /></li>`)}
    </ol>
  </section>`;
}

/** @param {{decision: Api.DecisionItem, deed: string}} props */
function Decision({ decision, deed }) {
  const name = decision.decision === 'approve' && !decision.is_final ? 'approve_first' : decision.decision;
  return html`<h3>${t(`decision.${name}`)}</h3>
    <p>${decision.reason}</p>
    ${decision.text && html`<blockquote class="pre">${decision.text}</blockquote>`}
    <p class="quiet">${t('decision.by', { office: decision.office, day: date(decision.at) })} <a href="#/deeds/${deed}/history">${t('decision.rule', { version: decision.rule_version })}</a></p>
    ${decision.appeal_until && ['decline', 'reverse'].includes(decision.decision) && html`<div class="appeal"><h4>${t('decision.appeal')}</h4><p>${t('decision.appeal_until', { day: date(decision.appeal_until) })} ${decision.how_to_appeal}</p></div>`}`;
}
