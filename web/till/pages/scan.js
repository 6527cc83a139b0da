// Scan or type, glance, redeem, and on to the next: a queue of customers is waiting.

import { html, useRef, useState } from '../../shared/html.js';
import { now } from '../../shared/clock.js';
import { time } from '../../shared/format.js';
import { useOutbox } from '../../shared/hooks.js';
import { problemText } from '../../shared/problems.js';
import { dismiss } from '../../shared/queue.js';
import { t } from '../../shared/strings.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Icon } from '../../shared/components/icons.js';
import { CodeField } from '../components/code_field.js';
import { Glance, Looking, Unseen } from '../components/glance.js';
import { Result } from '../components/result.js';
import { Viewfinder } from '../components/viewfinder.js';
import { Waiting } from '../components/waiting.js';
import { VOUCHER, meant, slip } from '../codes.js';
import { lookUp, noVoucher, outcomeOf, redeem } from '../scans.js';

const READY = { step: 'ready' };

export default function Scan() {
  const entries = useOutbox();
  const [view, setView] = useState(/** @type {any} */ (READY));
  const [typed, setTyped] = useState('');
  const [isTold, setTold] = useState(false);
  const [read, setRead] = useState(/** @type {string[]} */ ([]));
  const [last, setLast] = useState(/** @type {any} */ (null));
  const asked = useRef('');

  async function look(/** @type {string} */ code) {
    asked.current = code;
    setView({ step: 'looking' });
    const found = await lookUp(code);
    if (asked.current !== code) return; // called off meanwhile
    if (!found) setView({ step: 'unseen', code });
    else if (found.kind === 'valid') setView({ step: 'glance', code, ...found });
    else setView({ step: 'result', outcome: found });
  }

  function seen(/** @type {string} */ text) {
    const code = meant(text);
    if (slip(code, VOUCHER)) setView({ step: 'result', outcome: noVoucher() });
    else look(code);
  }

  async function send(/** @type {string} */ code, title = '') {
    try {
      const entry = await redeem(code, title);
      setView({ step: 'result', id: entry.id, entry });
    } catch (error) {
      setView({ step: 'result', outcome: { kind: 'bad', title, reason: problemText(error) } }); // it cannot be written down here
    }
  }

  async function enter() {
    setTold(true);
    if (!typed || slip(typed, VOUCHER)) return;
    setTyped('');
    setTold(false);
    await look(typed);
  }

  const shown = view.id && (entries.find(({ id }) => id === view.id) ?? view.entry);
  const outcome = shown ? outcomeOf(shown) : view.outcome;

  /** @param {string} [key] the first character of what is typed next */
  function back(key = '') {
    asked.current = '';
    setTyped(meant(key));
    setTold(false);
    if (outcome && outcome.kind !== 'asked') setLast(view.isUndone ? null : { outcome, at: now() });
    if (shown && shown.state !== 'waiting') {
      setRead([...read, shown.id]);
      dismiss(shown.id);
    }
    setView(READY);
  }

  const others = entries.filter(({ id }) => id !== view.id && !read.includes(id));
  const isReady = view.step === 'ready';
  return html`<h1 class="visually-hidden">${t('scan.title')}</h1>
    <${Waiting} entries=${others} />
    <div class="counter">
      <${Viewfinder} isBusy=${!isReady} onCode=${seen} />
      <div class="stack">
        <section class="card">
          <${Form} act=${enter}>
            <${CodeField} label=${t('scan.type')} hint=${t('scan.type_hint')} length=${VOUCHER} group=${4} value=${typed} isTold=${isTold}
              onInput=${(/** @type {string} */ code) => (setTyped(code), setTold(false))} isFocused=${isReady && (typed !== '' || !isTouch())} />
            <${Submit} icon="search">${t('scan.look')}<//>
          <//>
        </section>
        ${last && html`<${Last} ...${last} />`}
      </div>
    </div>
    ${view.step === 'looking' && html`<${Looking} onBack=${back} />`}
    ${view.step === 'glance' && html`<${Glance} title=${view.title} until=${view.until} onRedeem=${() => send(view.code, view.title)} onBack=${back} />`}
    ${view.step === 'unseen' && html`<${Unseen} onRedeem=${() => send(view.code)} onAgain=${() => look(view.code)} onBack=${back} />`}
    ${view.step === 'result' && html`<${Result} outcome=${outcome} onUndone=${() => setView({ ...view, isUndone: true })} onBack=${back} />`}`;
}

/** On a phone the keyboard would cover the camera. */
const isTouch = () => matchMedia('(pointer: coarse)').matches;

/** What was told last, for who looked away. @param {{outcome: any, at: Date}} props */
function Last({ outcome, at }) {
  const isGood = outcome.kind === 'good';
  const words = isGood ? t('result.good', { title: outcome.title }) : `${t('result.bad')}: ${outcome.reason}`;
  return html`<p class="last"><${Icon} name=${isGood ? 'check' : 'cross'} size=${20} /> <span>${t('scan.last', { time: time(at), words })}</span></p>`;
}
