// Tabs are moved through with the arrows, as the keyboard's users expect (ARIA practices).

import { html, newId, useState } from '../html.js';

/** @param {{label: string, tabs: {id: string, label: string, content: () => any}[], chosen?: string, onChoose?: (id: string) => void}} props */
export function Tabs({ label, tabs, chosen, onChoose }) {
  const [id] = useState(newId);
  const [own, setOwn] = useState(tabs[0].id);
  const current = chosen ?? own;
  function choose(/** @type {string} */ tab) {
    setOwn(tab);
    onChoose?.(tab);
  }
  function pressed(/** @type {KeyboardEvent} */ event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = tabs[(at + step + tabs.length) % tabs.length].id;
    choose(next);
    document.getElementById(`${id}-${next}`)?.focus();
  }
  const shown = tabs.find((tab) => tab.id === current) ?? tabs[0];
  return html`<div role="tablist" aria-label=${label} class="tabs" onKeyDown=${pressed}>
      ${tabs.map((tab) => html`<button key=${tab.id} type="button" role="tab" id="${id}-${tab.id}" aria-selected=${tab.id === current ? 'true' : 'false'}
        aria-controls="${id}-panel" tabindex=${tab.id === current ? 0 : -1} onClick=${() => choose(tab.id)}>${tab.label}</button>`)}
    </div>
    <div role="tabpanel" id="${id}-panel" aria-labelledby="${id}-${shown.id}">${shown.content()}</div>`;
}
