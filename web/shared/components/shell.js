// Every page of every face has the same frame: a way past it, where one is, the language and the theme, the toasts.

import { html, useEffect, useState } from '../html.js';
import { city } from '../city.js';
import { useEvent, useOnline } from '../hooks.js';
import { update } from '../offline.js';
import { LANGUAGES, chooseLanguage, language, t } from '../strings.js';
import { chooseTheme, chosenTheme } from '../theme.js';
import { usePlace } from '../router.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { Select } from './field.js';
import { Icon, Mark } from './icons.js';
import { Banner } from './notice.js';
import { Toasts } from './toast.js';

/**
 * @param {{title: string, nav?: {to: string, also?: string[], icon: string, label: string}[], actions?: any, children: any}} props
 *   `nav` is at the foot of a phone and at the side of a wide page; `also` are the other places that an entry stands for
 */
export function Shell({ title, nav = [], actions, children }) {
  const isOnline = useOnline();
  const [isChoosing, setChoosing] = useState(false);
  const [hasUpdate, setUpdate] = useState(false);
  useEffect(() => {
    const ready = () => setUpdate(true);
    addEventListener('bonafeta:update', ready);
    return () => removeEventListener('bonafeta:update', ready);
  }, []);
  return html`<a class="skip" href="#main" onClick=${toMain}>${t('skip')}</a>
    <header class="top">
      <a class="brand" href="#/"><${Mark} /><span>${title}</span></a>
      <span class="grow"></span>
      ${actions}
      <${Button} kind="bare" icon="globe" label=${t('preferences')} onClick=${() => setChoosing(true)} />
    </header>
    ${nav.length > 0 && html`<${Nav} items=${nav} />`}
    <main id="main" tabindex="-1">
      ${!isOnline && html`<${Banner} icon="offline" kind="warning">${t('offline')}<//>`}
      ${hasUpdate && html`<${Banner} action=${html`<${Button} kind="quiet" onClick=${update}>${t('update.now')}<//>`}>${t('update.ready')}<//>`}
      ${children}
    </main>
    <${Toasts} />
    ${isChoosing && html`<${Preferences} onClose=${() => setChoosing(false)} />`}`;
}

/** @param {Event} event */
function toMain(event) {
  event.preventDefault(); // the part behind # is where one is
  document.getElementById('main')?.focus();
}

/** @param {{items: {to: string, also?: string[], icon: string, label: string}[]}} props */
function Nav({ items }) {
  const { path } = usePlace();
  const isIn = (/** @type {string} */ place) => (place === '/' ? path === '/' : path === place || path.startsWith(`${place}/`));
  return html`<nav class="places" aria-label=${t('places')}>
    ${items.map(({ to, also = [], icon, label }) => html`<a key=${to} href="#${to}" aria-current=${[to, ...also].some(isIn) ? 'page' : undefined}><${Icon} name=${icon} /><span>${label}</span></a>`)}
  </nav>`;
}

/** The language and the theme of this device. @param {{onClose: () => void}} props */
export function Preferences({ onClose }) {
  useEvent('bonafeta:language');
  const [theme, setTheme] = useState(chosenTheme);
  const themes = ['auto', 'light', 'dark'].map((name) => [name, t(`theme.${name}`)]);
  const languages = city().languages.map((code) => [code, LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (code)]]);
  return html`<${Dialog} title=${t('preferences')} onClose=${onClose}>
    <${Select} label=${t('language')} value=${language()} options=${languages} onInput=${chooseLanguage} />
    <${Select} label=${t('theme')} value=${theme} options=${themes} onInput=${(/** @type {string} */ name) => (chooseTheme(name), setTheme(name))} />
    <${Button} class="wide" onClick=${onClose}>${t('done')}<//>
  <//>`;
}
