// A code is typed, pasted or sent by a hand scanner; it is put in groups, and a slip is told at once.

import { html, useLayoutEffect, useRef, useState } from '../../shared/html.js';
import { Labelled } from '../../shared/components/field.js';
import { t } from '../../shared/strings.js';
import { grouped, meant, slip } from '../codes.js';

/**
 * @param {{label: string, hint: string, length: number, group: number, value: string, onInput: (code: string) => void,
 *   isTold: boolean, error?: string, isFocused?: boolean}} props
 *   `value` as `meant` gives it; `isTold`: a code that is too short is told as well
 */
export function CodeField({ label, hint, length, group, value, onInput, isTold, error, isFocused = false }) {
  const input = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [caret, setCaret] = useState(-1);
  const found = value ? slip(value, length) : null;
  const isShown = found && (found.kind !== 'short' || isTold);

  function typed(/** @type {any} */ { target }) {
    const before = meant(target.value.slice(0, target.selectionStart)).length;
    const code = meant(target.value);
    target.value = grouped(code, group);
    setCaret(before + Math.max(0, Math.floor((before - 1) / group)));
    onInput(code);
  }

  /** A whole code is seen in two lines on a phone, and is one line to whoever types. */
  function entered(/** @type {any} */ event) {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

  useLayoutEffect(() => {
    if (caret >= 0) input.current?.setSelectionRange(caret, caret);
  }, [value, caret]);
  useLayoutEffect(() => {
    if (!isFocused) return;
    input.current?.focus();
    setCaret(grouped(value, group).length);
  }, [isFocused]);

  return html`<${Labelled} label=${label} hint=${hint} error=${isShown ? slipText(found, length) : error}>
    ${(/** @type {any} */ props) => html`<textarea ref=${input} class="voucher-code" rows=${length > 20 ? 2 : 1} value=${grouped(value, group)} onInput=${typed} onKeyDown=${entered} ...${props}
      autocapitalize="characters" autocomplete="off" autocorrect="off" spellcheck=${false} enterkeyhint="go" maxlength="100"></textarea>`}
  <//>`;
}

/** @param {import('../codes.js').Slip} found @param {number} length */
function slipText(found, length) {
  if (found.kind === 'letter') return t('slip.letter', { letter: found.letter });
  if (found.kind === 'check') return t('slip.check');
  return found.kind === 'short' ? t('slip.short', { n: found.n, length }) : t('slip.long', { n: found.n, length });
}
