// A dialog keeps the keyboard inside until it is answered, and gives it back to where it was: the browser's own does.

import { html, newId, useLayoutEffect, useRef, useState } from '../html.js';
import { t } from '../strings.js';
import { Button } from './button.js';

/**
 * Show a `<dialog>` while it is drawn. Escape and the back gesture ask to close it, and a browser that has asked once may
 * close it unasked: each of them leads to `onClose`, and whether it is there stays the page's to say.
 * @param {() => void} onClose
 * @returns {{ref: any, onCancel: (event: Event) => void}} for the `<dialog>`
 */
export function useModal(onClose) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const told = useRef(onClose);
  told.current = onClose;
  useLayoutEffect(() => {
    const shown = dialog.current;
    const closed = () => told.current();
    shown?.showModal();
    shown?.addEventListener('close', closed);
    return () => {
      shown?.removeEventListener('close', closed);
      shown?.close();
    };
  }, []);
  const onCancel = (/** @type {Event} */ event) => {
    if (event.target !== dialog.current || !event.cancelable) return; // a file that was not chosen; or it is closed next
    event.preventDefault();
    told.current();
  };
  return { ref: dialog, onCancel };
}

/** @param {{title: string, onClose: () => void, children: any, actions?: any, isWide?: boolean}} props shown while it is there */
export function Dialog({ title, onClose, children, actions, isWide = false }) {
  const [id] = useState(newId);
  const modal = useModal(onClose);
  const told = useRef(onClose);
  told.current = onClose;
  useLayoutEffect(() => {
    const moved = () => told.current(); // the page behind it has gone elsewhere
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return html`<dialog ...${modal} class=${isWide ? 'wide' : ''} aria-labelledby=${id}>
    <article>
      <header>
        <h2 id=${id}>${title}</h2>
        <${Button} kind="bare" icon="cross" label=${t('close')} onClick=${onClose} />
      </header>
      ${children}
      ${actions && html`<footer class="actions">${actions}</footer>`}
    </article>
  </dialog>`;
}

/**
 * "Are you sure?" with its two answers.
 * @param {{title: string, yes: string, no?: string, isDanger?: boolean, onYes: () => unknown, onClose: () => void, children?: any}} props
 */
export function Confirm({ title, yes, no = t('cancel'), isDanger = false, onYes, onClose, children }) {
  const actions = html`<${Button} kind="quiet" onClick=${onClose}>${no}<//>
    <${Button} kind=${isDanger ? 'danger' : 'primary'} onClick=${onYes}>${yes}<//>`;
  return html`<${Dialog} title=${title} onClose=${onClose} actions=${actions}>${children}<//>`;
}
