// A deed or a benefit is published from the same form: what it says on one side, what publishing does on the other.

import { html, useState } from '../../shared/html.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { ErrorBox } from '../../shared/components/notice.js';
import { Form } from '../../shared/components/form.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { Meanwhile } from './meanwhile.js';
import { Outlook, errorsAt, usePreview } from './preview.js';

/**
 * @typedef {(...fields: string[]) => any} ErrorAt
 * @param {object} props
 * @param {'deeds' | 'benefits'} props.kind
 * @param {boolean} props.isNew
 * @param {number} [props.version] the one that it is a change of
 * @param {object} props.wish what would be published
 * @param {{title: string, lead?: any, back: {to: string, label: string}}} props.head
 * @param {string} props.yes
 * @param {(errorAt: ErrorAt) => any} props.fields
 * @param {(errorAt: ErrorAt) => any} [props.more] what stands above the button
 * @param {(day: string) => void} [props.onDay]
 * @param {(told: any) => boolean} [props.isToTry] whether to publish what the preview refuses: it knows less
 * @param {() => Promise<void>} props.publish
 * @param {() => Promise<import('./meanwhile.js').News[]>} props.catchUp take up what others published meanwhile
 */
export function Editor({ kind, isNew, version, wish, head, yes, fields, more, onDay, isToTry, publish, catchUp }) {
  const [isWanted, setWanted] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [news, setNews] = useState(/** @type {import('./meanwhile.js').News[]} */ ([]));
  const preview = usePreview(kind, wish, version);
  const errorAt = errorsAt(preview.last, isWanted);

  async function act() {
    setWanted(true);
    setError(null);
    if (preview.told?.result === 'refused' && !isToTry?.(preview.told)) return toFirstError();
    try {
      await publish();
    } catch (/** @type {any} */ problem) {
      if (problem.code === 'version_changed') setNews(await catchUp().catch((no) => (setError(no), [])));
      else setError(problem);
    }
  }

  return html`<div class="office">
    <${PageHead} ...${head} />
    <${Form} act=${act}>
      <div class="beside">
        <div class="stack">${fields(errorAt)}</div>
        <div class="stack stays">
          <${Outlook} preview=${preview} isNew=${isNew} onDay=${onDay} />
          <section class="card">
            ${more?.(errorAt)}
            <${Meanwhile} news=${news} />
            <${ErrorBox} error=${error} />
            <${Button} type="submit" class="wide" busy=${preview.isAsking}>${yes}<//>
            <${ButtonLink} kind="bare" class="wide" href="#${head.back.to}">${t('cancel')}<//>
          </section>
        </div>
      </div>
    <//>
  </div>`;
}

/** Whoever wants to publish is taken to what is wrong. */
function toFirstError() {
  setTimeout(() => /** @type {HTMLElement | null} */ (document.querySelector('main [aria-invalid="true"], main .outlook'))?.scrollIntoView({ block: 'center' }));
}
