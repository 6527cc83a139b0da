// One answer fills the screen: an icon, the words, one big button; any key goes on, and it goes by itself.

import { html, newId, useEffect, useRef, useState } from '../../shared/html.js';
import { useModal } from '../../shared/components/dialog.js';
import { Icon } from '../../shared/components/icons.js';

const NOT_A_KEY = ['Tab', 'Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Escape'];

/**
 * @param {{tone: 'plain' | 'good' | 'bad' | 'asked', icon: string, over?: string, title: string, children?: any,
 *   actions?: any, seconds?: number, takesKeys?: boolean, onBack: (typed?: string) => void}} props
 *   `onBack` gets the character of the key that went on: a hand scanner types the next code
 */
export function Panel({ tone, icon, over, title, children, actions, seconds, takesKeys = true, onBack }) {
  const [id] = useState(newId);
  const modal = useModal(() => onBack());
  const back = useRef(onBack);
  back.current = onBack;
  useEffect(() => {
    if (!seconds) return;
    let timer = setTimeout(() => back.current(), seconds * 1000);
    const longer = () => {
      clearTimeout(timer);
      timer = setTimeout(() => back.current(), seconds * 1000);
    };
    const shown = modal.ref.current;
    shown?.addEventListener('focusin', longer); // whoever moves to a button is given the time again
    return () => {
      clearTimeout(timer);
      shown?.removeEventListener('focusin', longer);
    };
  }, [seconds]);
  const isStray = useRef(false);
  function pressed(/** @type {KeyboardEvent} */ event) {
    if (!takesKeys && event.key === 'Enter' && isStray.current) {
      isStray.current = false; // a hand scanner's: it has read another code, which is not what the button is about
      return event.preventDefault();
    }
    if (event.key.length === 1 && event.key !== ' ') isStray.current = true;
    const isForButton = /** @type {Element} */ (event.target).closest('button') && ['Enter', ' '].includes(event.key);
    if (!takesKeys || isForButton || event.ctrlKey || event.metaKey || event.altKey || NOT_A_KEY.includes(event.key)) return;
    event.preventDefault();
    onBack(event.key.length === 1 ? event.key : '');
  }
  return html`<dialog ...${modal} class="panel ${tone}" aria-labelledby=${id} onKeyDown=${pressed}>
    <div class="panel-body">
      <span class="sign"><${Icon} name=${icon} size=${96} /></span>
      <h1 id=${id}>${over && html`<span class="over">${over}</span> `}${title}</h1>
      ${children}
      ${actions && html`<footer>${actions}</footer>`}
    </div>
  </dialog>`;
}
