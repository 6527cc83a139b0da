// The camera looks while somebody may be there: it rests when the page is left alone or is not seen.

import { html, useEffect, useRef, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { Scanner } from '../../shared/components/scanner.js';
import { t } from '../../shared/strings.js';

const RESTS_AFTER_MS = 180_000;
const SAME_AGAIN_AFTER_MS = 3_000;

/** @param {{isBusy: boolean, onCode: (text: string) => void}} props while busy, what it sees is passed over */
export function Viewfinder({ isBusy, onCode }) {
  const [isResting, setResting] = useState(document.visibilityState === 'hidden');
  const last = useRef({ text: '', seenAt: 0 });
  useEffect(() => {
    let timer = setTimeout(() => setResting(true), RESTS_AFTER_MS);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setResting(true), RESTS_AFTER_MS);
    };
    const looked = () => setResting(document.visibilityState === 'hidden');
    for (const name of ['pointerdown', 'keydown']) addEventListener(name, alive);
    document.addEventListener('visibilitychange', looked);
    return () => {
      clearTimeout(timer);
      for (const name of ['pointerdown', 'keydown']) removeEventListener(name, alive);
      document.removeEventListener('visibilitychange', looked);
    };
  }, [isBusy]);

  /** A code that stays in sight is one scan. @param {string} text */
  function seen(text) {
    const isSame = text === last.current.text && performance.now() - last.current.seenAt < SAME_AGAIN_AFTER_MS;
    last.current = { text, seenAt: performance.now() };
    if (!isBusy && !isSame) onCode(text);
    return false; // go on looking
  }

  if (isResting) {
    return html`<div class="resting">
      <p>${t('scan.resting')}</p>
      <${Button} icon="camera" onClick=${() => setResting(false)}>${t('scan.start')}<//>
    </div>`;
  }
  return html`<${Scanner} onCode=${seen} />`;
}
