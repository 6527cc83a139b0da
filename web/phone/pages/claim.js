// "I did this": written down on the phone at once, with its number and keys, and sent once when it can be.

import { api, newSubmissionId } from '../../shared/api.js';
import { city } from '../../shared/city.js';
import { now } from '../../shared/clock.js';
import { html, useEffect, useState } from '../../shared/html.js';
import { useAsked, useOutbox } from '../../shared/hooks.js';
import { toast } from '../../shared/components/toast.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { enqueue } from '../../shared/queue.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { Back } from '../components/back.js';
import { ClaimForm } from '../components/claim_form.js';
import { doneAt } from '../components/claim_times.js';
import { draftOf, dropDraft, keepDraft } from '../components/draft.js';
import { useCaps, useDeed } from '../components/known.js';
import { Sending } from '../components/sending.js';

const DAY_MS = 86_400_000;

/** @param {{me: Api.Me | null, code: string, query: URLSearchParams}} props */
export default function Claim({ me, code, query }) {
  const { data: deed, error, again } = useDeed(code);
  if (deed) return html`<${ClaimOf} me=${me} code=${code} deed=${deed} isWithoutPoints=${query.get('without_points') === 'yes'} />`;
  return html`<${Back} to="/deeds/${code}">${t('home.all_deeds')}<//>${error ? html`<${ErrorBox} error=${error} onRetry=${again} />` : html`<${Skeleton} lines=${4} />`}`;
}

/** @param {{me: Api.Me | null, code: string, deed: Api.DeedItem, isWithoutPoints: boolean}} props */
function ClaimOf({ me, code, deed, isWithoutPoints }) {
  const caps = useCaps(me);
  const isShared = deed.evidence.includes('organiser');
  const events = useAsked(async (signal) => (isShared ? eventsOf(code, signal) : []), [code], { keep: `claimable.${code}` });
  const unsent = useOutbox()
    .filter(({ state, about }) => state === 'waiting' && about?.deed === code && !about.draft.withoutPoints)
    .reduce((sum, { about }) => sum + about.quantity, 0);
  const [kept, setKept] = useState(/** @type {any} */ (undefined));
  const [sent, setSent] = useState('');
  const loadDraft = () => draftOf(code).then((draft) => setKept(draft ?? null));
  useEffect(() => void loadDraft(), [code]);

  const arrived = (/** @type {string} */ submission) => {
    toast(t('sending.done'));
    go(`/my-deeds/${submission}`, { replace: true });
  };
  async function send(/** @type {any} */ draft) {
    const event = events.data?.find(({ id }) => id === draft.event) ?? null;
    const submission = newSubmissionId();
    const json = {
      id: submission,
      deed: code,
      done_at: doneAt(draft.day, event),
      quantity: draft.quantity,
      note: draft.note.trim() || null,
      event: event?.id ?? null,
      without_points: draft.withoutPoints,
    };
    /** @type {Api.Step[]} */
    const steps = [{ post: '/submissions', json }];
    if (draft.photo) steps.push({ post: '/submissions/{submission_id}/evidence', path: { submission_id: submission }, photo: draft.photo });
    const { photo, ...written } = draft;
    const about = { kind: 'claim', deed: code, title: deed.title, submission, quantity: draft.quantity, unit: deed.unit, draft: { ...written, done_at: json.done_at } };
    const entry = await enqueue(steps, { about });
    await dropDraft(code);
    setSent(JSON.stringify([entry.id, submission]));
  }

  if (sent) {
    const [entry, submission] = JSON.parse(sent);
    return html`<${Sending} id=${entry} onSent=${() => arrived(submission)} onAgain=${() => loadDraft().then(() => setSent(''))} />`;
  }
  const isReady = kept !== undefined && events.data && (caps.data || caps.error);
  return html`<${Back} to="/deeds/${code}">${deed.title}<//>
    <h1>${t('claim.title')}</h1>
    ${!events.data && html`<${ErrorBox} error=${events.error} onRetry=${events.again} />`}
    ${!isReady && !events.error && html`<${Skeleton} lines=${4} />`}
    ${isReady &&
    html`<${ClaimForm} deed=${deed} events=${events.data} caps=${caps.data} unsent=${unsent} onSend=${send}
      draft=${isWithoutPoints ? { ...kept, withoutPoints: true } : kept} onDraft=${(/** @type {any} */ draft) => keepDraft(code, draft).catch(() => {})} />`}`;
}

/** What it can have been done at: what has not ended longer ago than a claim may be. @param {string} code @param {AbortSignal} signal */
async function eventsOf(code, signal) {
  const from = new Date(now().getTime() - city().claim_window_days * DAY_MS).toISOString();
  const { data } = await api.get('/events', { query: { deed: code, from, limit: 100 }, signal });
  return data.items.filter(({ starts_at }) => new Date(starts_at) <= now());
}
