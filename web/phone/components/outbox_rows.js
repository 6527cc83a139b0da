// What waits on this phone is shown as waiting; what was refused says why, and can be mended or let go.

import { html, useState } from '../../shared/html.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Confirm } from '../../shared/components/dialog.js';
import { Banner } from '../../shared/components/notice.js';
import { Icon } from '../../shared/components/icons.js';
import { toast } from '../../shared/components/toast.js';
import { dateTime, points, shortDate } from '../../shared/format.js';
import { Problem, problemText } from '../../shared/problems.js';
import { dismiss, takeBack } from '../../shared/queue.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { muchOf } from './deed_words.js';
import { keepDraft } from './draft.js';

/** @param {{entries: import('../../shared/queue.js').Entry[], onAgain?: () => void, onDrop?: () => void}} props on the page that wished it: what it does then */
export function OutboxRows({ entries, onAgain, onDrop }) {
  if (!entries.length) return null;
  return html`<ul class="rows outbox">${entries.map((entry) => html`<li key=${entry.id}><${Row} entry=${entry} onAgain=${onAgain} onDrop=${onDrop} /></li>`)}</ul>`;
}

const ROWS = { waiting: Waiting, refused: Refused, done: Done };

/** @param {{entry: import('../../shared/queue.js').Entry, onAgain?: () => void, onDrop?: () => void}} props */
function Row({ entry, ...acts }) {
  return html`<${ROWS[/** @type {keyof typeof ROWS} */ (entry.state)]} entry=${entry} ...${acts} />`;
}

/** What was wished. @param {{entry: import('../../shared/queue.js').Entry}} props */
function Wished({ entry }) {
  const { about } = entry;
  const when = about.kind === 'claim' ? shortDate(about.draft.done_at) + muchOf(about) : dateTime(about.at);
  return html`<span class="title">${about.title ?? t('check_in.one')}</span><span class="quiet">${when}${isWithoutPoints(entry) && ` · ${t('my.without_points')}`}</span>`;
}

/** @param {import('../../shared/queue.js').Entry} entry */
const isWithoutPoints = ({ steps }) => Boolean(/** @type {any} */ (steps[0].json).without_points);

/** Whether it waits for the network, and not for a server that is busy. @param {import('../../shared/queue.js').Entry['problem']} problem the last one */
export const isLineGone = (problem) => problem?.code === 'offline';

/** @param {{entry: import('../../shared/queue.js').Entry}} props */
function Waiting({ entry }) {
  const [isAsking, setAsking] = useState(false);
  async function callOff() {
    const became = await takeBack(entry.id);
    if (became !== 'refused') toast(t(`outbox.taken_back.${became}`), { seconds: 10 });
    setAsking(false);
  }
  const why = isLineGone(entry.problem) ? t('outbox.waiting') : t('outbox.soon');
  return html`<div class="card entry">
      <span class="grow"><${Wished} entry=${entry} /><span class="row"><span class="tag warning"><${Icon} name=${isLineGone(entry.problem) ? 'offline' : 'clock'} size=${16} />${why}</span></span></span>
      <${Button} kind="bare" icon="cross" label=${t('outbox.call_off')} onClick=${() => setAsking(true)} />
    </div>
    ${isAsking &&
    html`<${Confirm} title=${t('outbox.call_off')} yes=${t('outbox.call_off_yes')} no=${t('outbox.call_off_no')} isDanger onYes=${callOff} onClose=${() => setAsking(false)}>
      <p>${t('outbox.call_off_text')}</p>
    <//>`}`;
}

/** @param {{entry: import('../../shared/queue.js').Entry, onAgain?: () => void, onDrop?: () => void}} props */
function Refused({ entry, onAgain, onDrop }) {
  const { about, problem, stepsDone } = entry;
  const again = async () => {
    if (about.kind === 'claim') await keepDraft(about.deed, { ...about.draft, photo: entry.steps[1]?.photo ?? null });
    onAgain?.();
    await dismiss(entry.id);
    if (!onAgain) go(about.kind === 'claim' ? `/deeds/${about.deed}/claim` : `/check-in${isWithoutPoints(entry) ? '?without_points=yes' : ''}`);
  };
  const isHere = about.kind === 'claim' && stepsDone > 0; // the claim arrived, its photo was refused
  return html`<div class="card refused">
    <${Banner} kind="bad"><p>${t('outbox.refused')} ${problem && problemText(new Problem(problem.status, problem.code, problem.facts))}</p><//>
    <p><${Wished} entry=${entry} /></p>
    <div class="actions">
      <${Button} kind="quiet" onClick=${() => dismiss(entry.id).then(onDrop)}>${t('outbox.let_go')}<//>
      ${isHere && html`<${ButtonLink} href="#/my-deeds/${about.submission}">${t('outbox.other_photo')}<//>`}
      ${about.kind === 'claim' && !isHere && html`<${Button} onClick=${again}>${t('outbox.mend')}<//>`}
      ${about.kind === 'check-in' && html`<${Button} icon="scan" onClick=${again}>${t('check_in.again')}<//>`}
    </div>
  </div>`;
}

/** A check-in that was sent while nobody looked. @param {{entry: import('../../shared/queue.js').Entry}} props */
function Done({ entry }) {
  const [one] = entry.answers;
  const title = one.deed_title;
  const approved = one.without_points ? t('check_in.approved_without', { title }) : t('check_in.approved', { title, points: points(one.points_awarded) });
  const text = one.status === 'approved' ? approved : t('check_in.sent', { title });
  const seen = html`<${Button} kind="quiet" onClick=${() => dismiss(entry.id)}>${t('done')}<//>`;
  return html`<${Banner} kind="good" action=${seen}><p>${text}</p><//>`;
}
