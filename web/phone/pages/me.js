// Me: what the city may say to me and knows of me is mine to see, to change, to take along and to end.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { city } from '../../shared/city.js';
import { today } from '../../shared/format.js';
import { LANGUAGES, chooseLanguage, language, t } from '../../shared/strings.js';
import { chooseTheme, chosenTheme } from '../../shared/theme.js';
import { Checkbox, Field, Select } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Icon } from '../../shared/components/icons.js';
import { ErrorBox } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { Leaving } from '../components/leaving.js';
import { SignOut } from '../components/sign_out.js';

/** @param {{me: import('../../shared/session.js').Me, reload: () => Promise<void>}} props */
export default function Me({ me, reload }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [theme, setTheme] = useState(chosenTheme);
  const [notices, setNotices] = useState(me.notices);
  /** @param {object} changes @returns {Promise<boolean>} whether they hold now */
  async function change(changes) {
    setError(null);
    try {
      await api.patch('/me', { json: changes });
    } catch (problem) {
      setError(problem);
      return false;
    }
    toast(t('me.saved'));
    await reload();
    return true;
  }
  async function tell(/** @type {'email' | 'none'} */ how) {
    setNotices(how);
    if (!(await change({ notices: how }))) setNotices(me.notices);
  }
  async function speak(/** @type {string} */ code) {
    await chooseLanguage(code);
    await change({ language: code }); // what is mailed speaks it too
  }
  const languages = city().languages.map((code) => [code, LANGUAGES[/** @type {keyof typeof LANGUAGES} */ (code)]]);
  const themes = ['auto', 'light', 'dark'].map((name) => [name, t(`theme.${name}`)]);
  const ways = [['email', t('me.notices_email')], ['none', t('me.notices_none')]];
  return html`<h1>${t('me.title')}</h1>
    <p class="quiet">${t('me.signed_in', { email: me.email })}</p>
    <${Leaving} me=${me} reload=${reload} />
    <${ErrorBox} error=${error} />
    <div class="stack">
      <section class="card">
        <h2>${t('me.reading')}</h2>
        <${Select} label=${t('language')} value=${language()} options=${languages} onInput=${speak} />
        <${Select} label=${t('theme')} value=${theme} options=${themes} onInput=${(/** @type {string} */ name) => (chooseTheme(name), setTheme(name))} />
      </section>
      <section class="card">
        <h2>${t('me.notices')}</h2>
        <${Select} label=${t('me.notices_how')} hint=${t('me.notices_hint')} value=${notices} options=${ways} onInput=${tell} />
      </section>
      <${Named} me=${me} change=${change} onError=${setError} reload=${reload} />
      <${Mine} />
      <div class="stack">
        <${SignOut} class="wide" icon="leave" />
      </div>
    </div>`;
}

/** A name is nobody's to know unless its owner says so, for one purpose at a time. @param {any} props */
function Named({ me, change, onError, reload }) {
  const [name, setName] = useState(me.name ?? '');
  return html`<section class="card">
    <h2>${t('me.name_title')}</h2>
    <${Form} act=${() => change({ name: name.trim() || null })}>
      <${Field} label=${t('me.name')} hint=${t('me.name_hint')} autocomplete="name" maxlength="120" value=${name} onInput=${setName} />
      <${Submit} kind="quiet">${t('me.save_name')}<//>
    <//>
    ${me.joined_at && me.consents.length > 0 && html`<div class="consents">
      ${me.consents.map((/** @type {Api.ConsentShown} */ asked) => html`<${Consent} key=${asked.purpose} asked=${asked} onError=${onError} reload=${reload} />`)}
    </div>`}
  </section>`;
}

/** Shown as it was answered at once, and taken back where the city could not be told. @param {any} props */
function Consent({ asked: { purpose, text, given_at }, onError, reload }) {
  const [isGiven, setGiven] = useState(Boolean(given_at));
  async function answer(/** @type {boolean} */ yes) {
    setGiven(yes);
    try {
      const path = { purpose };
      await (yes ? api.put('/me/consents/{purpose}', { path }) : api.delete('/me/consents/{purpose}', { path }));
    } catch (problem) {
      setGiven(!yes);
      onError(problem);
      return;
    }
    toast(t('me.saved'));
    await reload();
  }
  return html`<${Checkbox} label=${text} checked=${isGiven} onInput=${answer} />`;
}

/** What is kept of me, and the way out. */
function Mine() {
  const places = [
    ['/me/looks', 'eye', t('me.looks')],
    ['/me/sessions', 'list', t('me.sessions')],
    ['/terms', 'info', t('terms.title')],
  ];
  const goes = (/** @type {string[]} */ [to, icon, label]) => html`<li key=${to}><a href="#${to}"><${Icon} name=${icon} /><span class="grow">${label}</span><${Icon} name="next" size=${18} /></a></li>`;
  const [error, setError] = useState(/** @type {unknown} */ (null));
  async function take() {
    setError(null);
    try {
      const { data } = await api.get('/me/export');
      save(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }), `bona-feta-${today()}.json`);
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<section class="card">
    <h2>${t('me.data')}</h2>
    <ul class="places-list">
      ${places.map(goes)}
      <li><button type="button" onClick=${take}><${Icon} name="save" /><span class="grow">${t('me.export')}<span class="hint">${t('me.export_hint')}</span></span></button></li>
      ${goes(['/me/leave', 'cross', t('me.leave')])}
    </ul>
    <${ErrorBox} error=${error} />
  </section>`;
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // by then the browser has it
}
