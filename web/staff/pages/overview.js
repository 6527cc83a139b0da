// How the programme goes, for managers and auditors: sums over everybody, and never a person.

import { html } from '../../shared/html.js';
import { ButtonLink } from '../../shared/components/button.js';
import { hasRole } from '../../shared/session.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { Outstanding } from '../overview/outstanding.js';
import { periodOf, PeriodChooser } from '../overview/period.js';
import { Points } from '../overview/points.js';
import { Redemptions } from '../overview/redemptions.js';
import { Review } from '../overview/review.js';

/** @param {{me: Api.Me, query: URLSearchParams}} props */
export default function Overview({ me, query }) {
  const period = periodOf(query);
  const statements = hasRole(me, 'manager') && html`<${ButtonLink} kind="quiet" icon="list" href="#/overview/statements">${t('statements.title')}<//>`;
  return html`<div class="office">
    <${PageHead} title=${t('overview.title')} lead=${t('overview.lead')}>${statements}<//>
    <${PeriodChooser} period=${period} />
    <${Review} period=${period} />
    <${Points} period=${period} />
    <${Outstanding} />
    <${Redemptions} period=${period} />
  </div>`;
}
