// Who scans the code that an event shows was there; without a network the scan waits here for up to a day.

import { newSubmissionId } from '../../shared/api.js';
import { now } from '../../shared/clock.js';
import { html, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { Checkbox, Field } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Banner } from '../../shared/components/notice.js';
import { Scanner } from '../../shared/components/scanner.js';
import { dismiss, enqueue } from '../../shared/queue.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { Back } from '../components/back.js';
import { Sending } from '../components/sending.js';

const CODE = /^[A-Z2-7]{48}$/;

/** @param {{query: URLSearchParams}} props */
export default function CheckIn({ query }) {
  const [isWithoutPoints, setWithoutPoints] = useState(query.get('without_points') === 'yes');
  const [round, setRound] = useState(0);
  const [isOther, setOther] = useState(false);
  const [isTyping, setTyping] = useState(false);
  const [typed, setTyped] = useState('');
  const [sent, setSent] = useState('');

  async function seen(/** @type {string} */ text) {
    const code = text.replace(/[\s-]/g, '').toUpperCase();
    if (!CODE.test(code)) return setOther(true);
    const json = { code, id: newSubmissionId(), without_points: isWithoutPoints };
    const entry = await enqueue([{ post: '/check-ins', json }], { about: { kind: 'check-in', at: now().toISOString() }, keepAnswer: true });
    setSent(entry.id);
  }
  async function arrived(/** @type {any} */ entry) {
    const id = entry?.answers[0].id;
    await dismiss(sent);
    go(id ? `/my-deeds/${id}` : '/my-deeds', { replace: true });
  }
  const again = () => (setSent(''), setOther(false), setTyping(false), setRound(round + 1));

  if (sent) return html`<${Sending} id=${sent} onSent=${arrived} onAgain=${again} />`;
  return html`<${Back} to="/deeds">${t('home.all_deeds')}<//>
    <h1>${t('check_in.title')}</h1>
    <${Checkbox} label=${html`${t('deed.without_points')}<span class="hint">${t('check_in.without_points_text')}</span>`} checked=${isWithoutPoints} onInput=${setWithoutPoints} />
    ${isOther && html`<${Banner} kind="bad" action=${html`<${Button} kind="quiet" onClick=${again}>${t('check_in.again')}<//>`}><p>${t('check_in.other')}</p><//>`}
    ${!isTyping && !isOther && html`<p>${t('check_in.text')}</p><${Scanner} key=${round} onCode=${seen} />`}
    ${!isTyping && html`<p class="after centre"><${Button} kind="bare" onClick=${() => (setOther(false), setTyping(true))}>${t('check_in.type')}<//></p>`}
    ${isTyping &&
    html`<${Form} act=${() => seen(typed)}>
      <${Field} label=${t('check_in.code')} hint=${t('check_in.code_hint')} required maxlength="100" autocapitalize="characters" autocomplete="off" spellcheck=${false} value=${typed} onInput=${(/** @type {string} */ text) => (setOther(false), setTyped(text))} />
      <${Submit}>${t('check_in.send')}<//>
      <${Button} kind="bare" icon="scan" onClick=${again}>${t('check_in.scan')}<//>
    <//>`}`;
}
