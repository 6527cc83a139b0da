// One case after the other, without the mouse: look, decide, and the next is there; ten seconds to take it back.

import { html, useEffect, useRef, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Banner, Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { useAsked } from '../../shared/hooks.js';
import { Problem } from '../../shared/problems.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { Checklist, Claim, Promised, Rule } from '../components/case_view.js';
import { DecisionPanel } from '../components/decision_panel.js';
import { Key, KeysHelp, useKeys } from '../components/keys.js';
import { LeaseBanner } from '../components/lease_banner.js';
import { PhotoViewer } from '../components/photo_viewer.js';
import { Refused } from '../components/refused.js';
import { decide, lease, takeBack, UNDO_SECONDS } from '../decisions.js';
import { filtersOf, pathWith, wishOf } from '../wishes.js';

/** A second press of the same key is meant for the case before: so long nothing can be decided. */
const SEEN_AFTER_MS = 400;

/** @param {{query: URLSearchParams}} props */
export default function CasePage({ query }) {
  const filters = filtersOf(query);
  const [shown, setShown] = useState(/** @type {import('../decisions.js').Case | null | undefined} undefined: on its way; null: nothing waits */ (undefined));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [panel, setPanel] = useState(/** @type {any} */ (null));
  const [seen, setSeen] = useState(/** @type {string | null} the case that has been in sight for long enough */ (null));
  const [isUnkept, setUnkept] = useState(false);
  const reasons = useAsked(async (signal) => (await api.get('/reason-codes', { signal })).data.items, []);
  const aside = useRef(/** @type {string[]} */ ([]));
  const current = useRef(/** @type {typeof shown} */ (null));
  const isDeciding = useRef(false);
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  const unkept = useRef(/** @type {HTMLElement | null} */ (null));
  current.current = shown;

  async function next() {
    setShown(undefined);
    setPanel(null);
    setError(null);
    setUnkept(false);
    setSeen(null);
    try {
      const found = await lease(wishOf(filters));
      aside.current = aside.current.filter((id) => id !== found?.id);
      setShown(found);
    } catch (problem) {
      setError(problem);
    }
  }

  useEffect(() => {
    next();
    const back = () => {
      if (current.current) aside.current.push(current.current.id);
      next();
    };
    addEventListener('staff:taken-back', back);
    return () => removeEventListener('staff:taken-back', back);
  }, []);
  useEffect(() => {
    if (!shown) return;
    title.current?.focus();
    const timer = setTimeout(() => setSeen(shown.id), SEEN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [shown?.id]);
  useEffect(() => unkept.current?.scrollIntoView({ block: 'center' }), [isUnkept]);
  useEffect(() => {
    const heard = () => error instanceof Problem && error.isOpen && navigator.onLine && next();
    addEventListener('online', heard);
    return () => removeEventListener('online', heard);
  }, [error]);

  /** @param {Api.Verification['decision']} decision @param {{reason_code?: string, text?: string | null}} said */
  async function decided(decision, said) {
    if (isDeciding.current) return; // pressed twice before the case is gone
    isDeciding.current = true;
    await written(decision, said).finally(() => (isDeciding.current = false));
  }

  /** @param {Api.Verification['decision']} decision @param {{reason_code?: string, text?: string | null}} said */
  async function written(decision, said) {
    if (!shown) return;
    const id = await decide(shown, { decision, ...said }).catch(() => null);
    if (!id) return setUnkept(true); // this device has no room for it: the case stays, and what was typed
    const undo = async () => (await takeBack(id)) || toast(t('decided.too_late'));
    toast(t(`decided.${decision}`, { title: shown.deed_title }), { undo, seconds: UNDO_SECONDS });
    await next();
  }

  const approve = () => decided('approve', { reason_code: shown?.confirmation?.confirmed ? 'confirmed_by_organiser' : 'as_described' });

  async function giveBack(/** @type {{reason_code: string}} */ { reason_code }) {
    if (!shown) return;
    try {
      await api.delete('/review-queue/lease', { json: { reason_code, submission: shown.id } });
      toast(t('given_back', { title: shown.deed_title }));
    } catch (problem) {
      if (!(problem instanceof Problem && problem.code === 'no_lease')) return setError(problem);
      toast(t('given_back.lapsed')); // it had gone back by itself
    }
    await next();
  }

  async function keep() {
    try {
      const found = await lease(wishOf(filters), aside.current);
      if (found?.id !== shown?.id) toast(t('lease.taken'));
      setShown(found);
    } catch (problem) {
      setError(problem);
    }
  }

  const back = pathWith('/queue', filters);
  const may = shown?.id === seen && shown && !panel && reasons.data;
  useKeys({
    ...(may && {
      a: approve,
      'Shift+a': () => setPanel('approve'),
      d: () => setPanel('decline'),
      q: () => setPanel('ask'),
      b: () => setPanel('give_back'),
      k: keep,
    }),
    ...(!panel && { u: async () => (await takeBack()) || toast(t('decided.none')), Escape: () => go(back) }),
    ...(shown === null && { n: next }),
  });

  return html`<div class="case">
    <header class="headline">
      <${ButtonLink} kind="bare" icon="back" href="#${back}">${t('nav.queue')}<//>
      ${shown && html`<h1 tabindex="-1" ref=${title}>${shown.deed_title}</h1>`}
      <span class="grow"></span>
      ${shown && html`<${Button} kind="bare" disabled=${!may} aria-keyshortcuts="b" onClick=${() => setPanel('give_back')}>${t('case.give_back')} <${Key}>B<//><//>`}
      <${KeysHelp} keys=${keysOf()} />
    </header>
    <${Refused} />
    <${ErrorBox} error=${reasons.error} onRetry=${reasons.again} />
    ${error && html`<${ErrorBox} error=${error} onRetry=${shown ? () => setError(null) : next} />`}
    ${!error && shown === undefined && html`<h1 class="visually-hidden">${t('case.coming')}</h1><${Skeleton} lines=${5} />`}
    ${shown === null &&
    html`<h1 class="visually-hidden">${t('nav.queue')}</h1>
      <${Empty} icon="check" title=${t('case.none')} action=${html`<${ButtonLink} href="#/queue">${t('case.to_queue')}<//>`}>${t('case.none_text')}<//>`}
    ${shown &&
    html`<${LeaseBanner} until=${shown.until} onKeep=${keep} />
      <div class="sides" key=${shown.id}>
        <${PhotoViewer} photos=${shown.evidence} />
        <div class="judge">
          ${panel &&
          html`<${DecisionPanel} key=${panel} act=${panel} title=${t(`panel.${panel}`)} button=${t(`panel.${panel}.button`)} reasons=${reasons.data}
            onDone=${panel === 'give_back' ? giveBack : (/** @type {{reason_code: string, text: string | null}} */ said) => decided(panel, said)} onCancel=${() => (setPanel(null), title.current?.focus())} />`}
          ${isUnkept && html`<div ref=${unkept}><${Banner} kind="bad"><p>${t('decided.unkept')}</p><//></div>`}
          <p class="row">
            <${Promised} shown=${shown} />
            ${shown.takes_two && html`<span class="tag warning">${shown.first_approval ? t('case.second') : t('case.takes_two')}</span>`}
          </p>
          <${Claim} shown=${shown} /><${Checklist} items=${shown.checklist} /><${Rule} shown=${shown} />
          ${!panel && html`<${Bar} may=${Boolean(may)} approve=${approve} open=${setPanel} />`}
        </div>
      </div>`}
  </div>`;
}

/** @param {{may: boolean, approve: () => unknown, open: (panel: string) => void}} props */
function Bar({ may, approve, open }) {
  return html`<div class="bar">
    <${Button} disabled=${!may} aria-keyshortcuts="a" onClick=${approve}>${t('case.approve')} <${Key}>A<//><//>
    <${Button} kind="quiet" disabled=${!may} aria-keyshortcuts="d" onClick=${() => open('decline')}>${t('case.decline')} <${Key}>D<//><//>
    <${Button} kind="quiet" disabled=${!may} aria-keyshortcuts="q" onClick=${() => open('ask')}>${t('case.ask')} <${Key}>Q<//><//>
  </div>`;
}

/** @returns {[string, string][]} */
const keysOf = () => [
  ['A', t('keys.approve')],
  ['⇧ A', t('keys.approve_words')],
  ['D', t('case.decline')],
  ['Q', t('case.ask')],
  ['B', t('case.give_back')],
  ['1 2 3', t('keys.reason')],
  ['Ctrl ⏎', t('keys.send')],
  ['U', t('keys.undo')],
  ['K', t('keys.keep')],
  ['+ - 0', t('keys.zoom')],
  ['R', t('photo.turn')],
  ['← →', t('keys.move')],
  ['Esc', t('keys.back')],
  ['?', t('keys.title')],
];
