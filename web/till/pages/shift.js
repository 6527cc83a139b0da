// A shift begins with the PIN; who has forgotten it asks a manager for a new code, and nobody else can tell it.

import { html, useEffect, useState } from '../../shared/html.js';
import { now } from '../../shared/clock.js';
import { time } from '../../shared/format.js';
import { useOutbox } from '../../shared/hooks.js';
import { Problem } from '../../shared/problems.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Field } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Banner, ErrorBox } from '../../shared/components/notice.js';
import { beginShift } from '../device.js';

/** @param {{device: import('../device.js').Device}} props */
export default function Shift({ device }) {
  const { partner, till, shiftUntil } = device;
  const [pin, setPin] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [lock, setLock] = useState(/** @type {{until: string} | null} */ (null));
  const waits = useOutbox().filter(({ state }) => state === 'waiting').length;
  const [isBlocked, setBlocked] = useState(till.state === 'blocked');

  useEffect(() => {
    setBlocked(till.state === 'blocked');
    const until = till.state === 'locked' ? till.locked_until : null;
    setLock(until ? { until } : null);
  }, [till.state, till.locked_until]);
  useEffect(() => {
    if (!lock) return;
    const timer = setTimeout(() => setLock(null), Math.max(0, new Date(lock.until).getTime() - now().getTime()));
    return () => clearTimeout(timer);
  }, [lock]);

  useEffect(() => document.querySelector(/** @type {'input'} */ ('input.code'))?.focus(), [lock]); // there is nothing else to do here

  async function act() {
    setError(null);
    setPin('');
    try {
      await beginShift(device, pin);
      go('/', { replace: true });
    } catch (problem) {
      const { code, facts } = problem instanceof Problem ? problem : { code: '', facts: /** @type {any} */ ({}) };
      if (code === 'till_locked') setLock({ until: facts.locked_until });
      else if (code === 'till_blocked') setBlocked(true);
      else setError(problem);
    }
  }

  const left = error instanceof Problem && error.code === 'pin_wrong' ? error.facts.tries_left : null;
  return html`<section class="card sign-in">
    <h1>${partner.name}</h1>
    <p class="quiet">${till.name}</p>
    ${shiftUntil && !isBlocked && html`<${Banner} icon="clock"><p>${t('pin.over')}</p><//>`}
    ${waits > 0 && html`<${Banner} kind="warning" icon="clock"><p>${t('pin.waits', { n: waits })}</p><//>`}
    ${isBlocked && html`<${Banner} kind="bad"><p>${t('problem.till_blocked')}</p><//><${ButtonLink} class="wide" href="#/pair">${t('pin.pair')}<//>`}
    ${lock && !isBlocked && html`<${Banner} kind="bad" icon="clock"><p>${t('pin.locked', { time: time(lock.until) })}</p><//>`}
    ${!isBlocked &&
    html`<${Form} act=${act}>
      <${Field} label=${t('pin.pin')} hint=${t('pin.hint')} error=${left === null ? undefined : t('pin.wrong', { n: left })} class="code" type="password" inputmode="numeric" pattern="[0-9]{4}" title=${t('pin.digits')} maxlength="4" autocomplete="off" required disabled=${Boolean(lock)} value=${pin} onInput=${setPin} />
      ${left === null && html`<${ErrorBox} error=${error} />`}
      ${lock ? html`<${Button} class="wide" type="submit" disabled>${t('pin.begin')}<//>` : html`<${Submit}>${t('pin.begin')}<//>`}
    <//>`}
    ${!isBlocked && html`<p class="other"><${ButtonLink} kind="bare" href="#/pair">${t('pin.forgotten')}<//></p>`}
  </section>`;
}
