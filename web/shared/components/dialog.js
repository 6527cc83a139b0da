// A dialog keeps the keyboard inside until it is answered, and gives it back to where it was: the browser's own does.

import { html, newId, useEffect, useRef, useState } from '../html.js';
import { t } from '../strings.js';
import { Button } from './button.js';

/** @param {{title: string, onClose: () => void, children: any, actions?: any, isWide?: boolean}} props shown while it is there */
export function Dialog({ title, onClose, children, actions, isWide = false }) {
  const [id] = useState(newId);
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault(); // whether it is there is the page's to say
    onClose();
  };
  return html`<dialog ref=${dialog} class=${isWide ? 'wide' : ''} aria-labelledby=${id} onCancel=${cancel}>
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
