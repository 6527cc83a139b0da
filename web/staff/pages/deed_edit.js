// A deed is changed by publishing its next version: what differs and from when stands beside the fields before it is done.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { Form } from '../../shared/components/form.js';
import { Field, TextArea } from '../../shared/components/field.js';
import { toast } from '../../shared/components/toast.js';
import { instant, today } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { PageHead } from '../components/page_head.js';
import { DeedFields } from '../catalogue/deed_fields.js';
import { deedDraft, deedRule } from '../catalogue/drafts.js';
import { Outlook, errorsAt, usePreview } from '../catalogue/preview.js';
import { deedOf } from './deed.js';

/** @param {{code?: string}} props without a code it is a new deed */
export default function DeedEdit({ code }) {
  const { data, error, again } = useAsked(async (signal) => {
    const [known, { data: districts }] = await Promise.all([code ? deedOf(code, signal) : null, api.get('/districts', { signal })]);
    return { deed: known?.deed, districts: districts.items };
  }, [code]);
  if (error) return html`<${ErrorBox} error=${error} onRetry=${again} />`;
  if (!data) return html`<${Skeleton} lines=${6} />`;
  return html`<${Editor} ...${data} />`;
}

/** @param {{deed?: any, districts: {code: string, name: string}[]}} props */
function Editor({ deed, districts }) {
  const [draft, setDraft] = useState(() => deedDraft(deed));
  const [reason, setReason] = useState(deed ? '' : t('deed.first_reason'));
  const [day, setDay] = useState('');
  const [isWanted, setWanted] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const code = deed?.code ?? draft.code;
  const starts = day ? { in_force_from: instant(day, '00:00') } : {};
  // A pause that is over by then is no part of the next version.
  const paused_until = draft.paused_until >= (day || today()) ? draft.paused_until : null;
  const wish = { ...deedRule(draft), paused_until, code, ...starts };
  const preview = usePreview('deeds', wish);
  const errorAt = errorsAt(preview.last, isWanted);

  async function publish() {
    setWanted(true);
    setError(null);
    if (preview.told?.result === 'refused') return toFirstError();
    try {
      const json = { ...wish, reason };
      await (deed ? api.put('/deeds/{code}', { path: { code }, json }) : api.post('/deeds', { json }));
      toast(t('deed.is_published'));
      go(`/catalogue/${code}`);
    } catch (problem) {
      setError(problem);
    }
  }

  const back = deed ? { to: `/catalogue/${code}`, label: deed.title } : { to: '/catalogue', label: t('nav.catalogue') };
  return html`<div class="office">
    <${PageHead} back=${back} title=${deed ? t('deed.change_title') : t('deeds.new')} lead=${deed && t('deed.change_lead')} />
    <${Form} act=${publish}>
      <div class="beside">
        <div class="stack">
          <${DeedFields} isNew=${!deed} ...${{ draft, districts, errorAt }} onInput=${(/** @type {object} */ some) => setDraft({ ...draft, ...some })} />
        </div>
        <div class="stack stays">
          <${Outlook} preview=${preview} isNew=${!deed} onDay=${setDay} />
          <section class="card">
            <${Field} type="date" label=${t('field.in_force_from')} hint=${t('deed.from_hint')} min=${today()} value=${day} onInput=${setDay} error=${errorAt('in_force_from')} />
            <${TextArea} label=${t('field.reason')} hint=${t('field.reason_hint')} required maxlength="500" value=${reason} onInput=${setReason} />
            <${ErrorBox} error=${error} />
            <${Button} type="submit" class="wide" busy=${preview.isAsking}>${deed ? t('deed.publish_version') : t('deed.publish')}<//>
            <${ButtonLink} kind="bare" class="wide" href="#${back.to}">${t('cancel')}<//>
          </section>
        </div>
      </div>
    <//>
  </div>`;
}

/** Whoever wants to publish is taken to what is wrong. */
export function toFirstError() {
  setTimeout(() => /** @type {HTMLElement | null} */ (document.querySelector('main [aria-invalid="true"], main .outlook'))?.scrollIntoView({ block: 'center' }));
}
