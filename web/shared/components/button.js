// A button does one thing once: while it is at work it says so, and a second press does nothing.

import { html, useRef, useState } from '../html.js';
import { Icon } from './icons.js';

/**
 * @param {{kind?: 'primary' | 'quiet' | 'danger' | 'bare', icon?: string, type?: 'button' | 'submit', busy?: boolean,
 *   disabled?: boolean, onClick?: (event: Event) => unknown, children?: any, [other: string]: any}} props
 *   `onClick` may return a promise; `label` is for one that shows only its icon
 */
export function Button({ kind = 'primary', icon, type = 'button', busy, disabled, onClick, label, children, class: more = '', ...others }) {
  const [isAtWork, setAtWork] = useState(false);
  const working = useRef(false);
  const isBusy = busy || isAtWork;

  async function pressed(/** @type {Event} */ event) {
    if (isBusy || working.current) return event.preventDefault();
    const result = onClick?.(event);
    if (result instanceof Promise) {
      working.current = true;
      setAtWork(true);
      try {
        await result;
      } finally {
        working.current = false;
        setAtWork(false);
      }
    }
  }

  return html`<button
    type=${type}
    class="button ${kind} ${children ? '' : 'round'} ${more}"
    disabled=${disabled}
    aria-busy=${isBusy ? 'true' : undefined}
    aria-label=${label}
    title=${children ? undefined : label}
    onClick=${pressed}
    ...${others}
  >
    ${icon && html`<${Icon} name=${icon} size=${20} />`}${children && html`<span>${children}</span>`}
  </button>`;
}

/** What goes somewhere is a link, also where it looks like a button. @param {any} props */
export function ButtonLink({ kind = 'primary', icon, children, class: more = '', ...others }) {
  return html`<a class="button ${kind} ${more}" ...${others}>${icon && html`<${Icon} name=${icon} size=${20} />`}<span>${children}</span></a>`;
}
