// A decision has a reason from the public list, and a refusal or a question has words that its reader can act on.

import { html, useLayoutEffect, useRef, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { TextArea } from '../../shared/components/field.js';
import { Form } from '../../shared/components/form.js';
import { t } from '../../shared/strings.js';
import { Key, useKeys } from './keys.js';

const BLANK = /\[[^\]\n]+\]/;
const WORDS_MAX = 2000;

/** Select the first [blank] of a template that is to be filled in. @param {HTMLTextAreaElement} field */
function selectBlank(field) {
  const found = BLANK.exec(field.value);
  field.focus();
  if (found) field.setSelectionRange(found.index, found.index + found[0].length);
  else field.setSelectionRange(field.value.length, field.value.length);
}

/**
 * @param {{act: 'approve' | 'decline' | 'ask' | 'give_back', title: string, button: string, reasons: Api.ReasonItem[],
 *   onDone: (said: {reason_code: string, text: string | null}) => unknown, onCancel: () => void}} props
 *   `reasons` of GET /reason-codes; giving back has no words, approving may have some
 */
export function DecisionPanel({ act, title, button, reasons, onDone, onCancel }) {
  const choices = reasons.filter(({ used_for }) => used_for.includes(act));
  const hasWords = act !== 'give_back';
  const [reason, setReason] = useState(choices.length === 1 || act === 'approve' ? choices[0].code : '');
  const [text, setText] = useState('');
  const [error, setError] = useState(/** @type {{reason?: string, text?: string}} */ ({}));
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const isToWrite = useRef(false);
  const field = () => /** @type {HTMLTextAreaElement} */ (panel.current?.querySelector('textarea'));

  useLayoutEffect(() => /** @type {HTMLElement} */ (panel.current?.querySelector('input'))?.focus(), []);

  /** @param {string} code @param {boolean} [andWrite] */
  function choose(code, andWrite = false) {
    const before = choices.find((one) => one.code === reason)?.template ?? '';
    const template = choices.find((one) => one.code === code)?.template;
    setReason(code);
    setError({});
    if (hasWords && (text === '' || text === before)) setText(template ?? '');
    isToWrite.current = andWrite;
  }

  useLayoutEffect(() => {
    if (!isToWrite.current) return;
    isToWrite.current = false;
    if (hasWords) selectBlank(field());
    else /** @type {HTMLElement} */ (panel.current?.querySelector('[type=submit]')).focus();
  });

  async function send() {
    const words = text.trim();
    const isNeeded = act === 'decline' || act === 'ask';
    if (!reason) return setError({ reason: t('panel.choose') });
    if (isNeeded && !words) return setError({ text: t('panel.words_needed') }), field().focus();
    if (hasWords && BLANK.test(words)) return setError({ text: t('panel.blank', { blank: BLANK.exec(words)?.[0] }) }), selectBlank(field());
    await onDone({ reason_code: reason, text: hasWords && words ? words : null });
  }

  useKeys(Object.fromEntries(choices.slice(0, 9).map(({ code }, n) => [String(n + 1), () => choose(code, true)])));
  function pressed(/** @type {KeyboardEvent} */ event) {
    if (event.key === 'Escape') onCancel();
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.repeat || send();
    else return;
    event.preventDefault();
  }
  return html`<section class="panel" ref=${panel} aria-label=${title} onKeyDown=${pressed}>
    <h2>${title}</h2>
    <${Form} act=${send}>
      <fieldset class="reasons" aria-describedby=${error.reason ? 'reason-error' : undefined}>
        <legend>${t('panel.reason')}</legend>
        ${choices.map(
          ({ code, text: words }, n) => html`<label class="tick" key=${code}>
            <input type="radio" name="reason" value=${code} checked=${code === reason} onChange=${() => choose(code)} />
            <span class="grow">${words}</span><${Key}>${String(n + 1)}<//>
          </label>`,
        )}
        ${error.reason && html`<p class="error" id="reason-error" role="alert">${error.reason}</p>`}
      </fieldset>
      ${hasWords &&
      html`<${TextArea} label=${act === 'approve' ? t('panel.words_maybe') : t('panel.words')} error=${error.text} rows="4" maxlength=${WORDS_MAX} value=${text} onInput=${setText} />`}
      <div class="actions">
        <${Button} kind="quiet" onClick=${onCancel}>${t('cancel')} <${Key}>Esc<//><//>
        <${Button} type="submit" kind=${act === 'decline' ? 'danger' : 'primary'} aria-keyshortcuts="Control+Enter">${button} <${Key}>Ctrl ⏎<//><//>
      </div>
    <//>
  </section>`;
}
