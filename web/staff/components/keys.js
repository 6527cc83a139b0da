// One key is one act where nobody is typing; whoever dictates or often slips can switch them off (WCAG 2.1.4).

import { html, useEffect, useLayoutEffect, useRef, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { Dialog } from '../../shared/components/dialog.js';
import { Checkbox } from '../../shared/components/field.js';
import { t } from '../../shared/strings.js';

const HELD = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', '+', '-'];
const CHANGED = 'staff:keys';

function areOn() {
  try {
    return localStorage.getItem('bonafeta.keys') !== 'off';
  } catch {
    return true;
  }
}

/** @param {boolean} isOn */
function switchKeys(isOn) {
  try {
    localStorage.setItem('bonafeta.keys', isOn ? 'on' : 'off');
  } catch {
    // it holds until the page is closed
  }
  dispatchEvent(new Event(CHANGED));
}

/** Act on keys: `{a: approve, 'Shift+a': …, ArrowLeft: …}`. A key that is held down acts once, but for moving a photo. @param {Record<string, () => unknown>} acts */
export function useKeys(acts) {
  const current = useRef(acts);
  current.current = acts;
  useLayoutEffect(() => {
    // at once, for who types ahead
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !areOn()) return;
      if (event.repeat && !HELD.includes(event.key)) return;
      if (isTyping(event) || document.querySelector('dialog[open]')) return;
      const isLetter = /^[a-z]$/i.test(event.key);
      const name = isLetter ? `${event.shiftKey ? 'Shift+' : ''}${event.key.toLowerCase()}` : event.key;
      const act = current.current[name];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

/** @param {KeyboardEvent} event */
function isTyping({ target, key }) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('textarea, select, input:not([type=radio], [type=checkbox])')) return true;
  if (target.matches('[role=tab], input')) return key.startsWith('Arrow');
  return false;
}

/** The key beside what it does; nothing where keys are off. @param {{children: string}} props */
export function Key({ children }) {
  const [, again] = useState(0);
  useEffect(() => {
    const changed = () => again((n) => n + 1);
    addEventListener(CHANGED, changed);
    return () => removeEventListener(CHANGED, changed);
  }, []);
  return areOn() ? html`<kbd aria-hidden="true">${children}</kbd>` : null;
}

/** A round button that shows all keys, as `?` does. @param {{keys: [string, string][]}} props each key and what it does */
export function KeysHelp({ keys }) {
  const [isShown, setShown] = useState(false);
  const [isOn, setOn] = useState(areOn);
  useKeys({ '?': () => setShown(true) });
  const choose = (/** @type {boolean} */ on) => (setOn(on), switchKeys(on));
  return html`<${Button} kind="bare" icon="keyboard" label=${t('keys.title')} aria-keyshortcuts="?" onClick=${() => setShown(true)} />
    ${isShown &&
    html`<${Dialog} title=${t('keys.title')} onClose=${() => setShown(false)}>
      <dl class="keys">
        ${keys.map(([key, words]) => html`<div key=${key}><dt>${key.split(' ').map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${words}</dd></div>`)}
      </dl>
      <${Checkbox} label=${t('keys.on')} checked=${isOn} onInput=${choose} />
    <//>`}`;
}
