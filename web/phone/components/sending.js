// What was sent is seen on its way; without a network it is safe here, and one need not stay.

import { html, useEffect, useState } from '../../shared/html.js';
import { ButtonLink } from '../../shared/components/button.js';
import { Icon } from '../../shared/components/icons.js';
import { Progress } from '../../shared/components/notice.js';
import { entryOf, onOutbox, onProgress } from '../../shared/queue.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { OutboxRows, isLineGone } from './outbox_rows.js';

/**
 * @param {{id: string, onSent: (entry?: import('../../shared/queue.js').Entry) => void, onAgain: () => void}} props `onSent` once it has arrived, with the
 *   entry where that is kept; `onAgain` to wish it anew
 */
export function Sending({ id, onSent, onAgain }) {
  const [entry, setEntry] = useState(/** @type {any} */ (undefined));
  const [share, setShare] = useState(/** @type {number | undefined} */ (undefined));
  useEffect(() => {
    let isOver = false;
    let isRefused = false;
    const read = async () => {
      const found = await entryOf(id);
      if (isOver || (isRefused && !found)) return; // what was refused went by its owner's hand, and not on its way
      setEntry(found ?? null);
      isRefused = found?.state === 'refused';
      if (!found || found.state === 'done') {
        isOver = true; // told once
        onSent(found);
      }
    };
    const stops = [onOutbox(() => void read()), onProgress((sent, of) => of.id === id && setShare(sent))];
    read();
    return () => {
      isOver = true;
      stops.forEach((stop) => stop());
    };
  }, [id]);
  if (entry?.state === 'refused') return html`<h1>${t('sending.refused')}</h1><${OutboxRows} entries=${[entry]} onAgain=${onAgain} onDrop=${() => go('/my-deeds')} />`;
  if (entry?.problem) return html`<${Safe} problem=${entry.problem} />`;
  const label = share === undefined ? t('sending.text') : t('sending.photo', { percent: Math.round(share * 100) });
  return html`<h1>${t('sending.title')}</h1><section class="card"><${Progress} share=${share} label=${label} /></section>`;
}

/** Nothing came back, or nobody has time for it: it is sent again by itself. @param {{problem: any}} props */
function Safe({ problem }) {
  const isGone = isLineGone(problem);
  return html`<div class="empty">
    <${Icon} name=${isGone ? 'offline' : 'clock'} size=${40} />
    <h1>${t('sending.safe')}</h1>
    <p class="quiet">${isGone ? t('sending.safe_text') : t('sending.busy_text')}</p>
    <${ButtonLink} href="#/my-deeds">${t('my.title')}<//>
  </div>`;
}
