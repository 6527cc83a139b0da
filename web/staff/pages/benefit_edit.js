// A benefit's terms are changed from now on, after their difference was seen; vouchers already bought stay as they are.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button, ButtonLink } from '../../shared/components/button.js';
import { Form } from '../../shared/components/form.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { useAsked } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { BenefitFields } from '../catalogue/benefit_fields.js';
import { benefitDraft, benefitTerms } from '../catalogue/drafts.js';
import { Outlook, errorsAt, usePreview } from '../catalogue/preview.js';
import { PageHead } from '../components/page_head.js';
import { everyItem } from '../every.js';
import { toFirstError } from './deed_edit.js';

/** @param {{code?: string}} props without a code it is a new benefit */
export default function BenefitEdit({ code }) {
  const { data, error, again } = useAsked(async (signal) => {
    const [known, partners] = await Promise.all([
      code ? api.get('/benefits/{code}', { path: { code }, signal }) : null,
      everyItem((cursor) => api.get('/partners', { query: { limit: 100, cursor }, signal })),
    ]);
    return { benefit: known?.data, partners };
  }, [code]);
  if (error) return html`<${ErrorBox} error=${error} onRetry=${again} />`;
  if (!data) return html`<${Skeleton} lines=${6} />`;
  return html`<${Editor} ...${data} />`;
}

/** @param {{benefit?: any, partners: {code: string, name: string, is_active: boolean}[]}} props */
function Editor({ benefit, partners }) {
  const [draft, setDraft] = useState(() => ({ ...benefitDraft(benefit), ...(benefit ? {} : { partner: partners[0]?.code ?? '' }) }));
  const [isWanted, setWanted] = useState(false);
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const code = benefit?.code ?? draft.code;
  const terms = benefitTerms(draft, benefit);
  const preview = usePreview('benefits', { code, ...terms });
  const errorAt = errorsAt(preview.last, isWanted);

  async function publish() {
    setWanted(true);
    setError(null);
    // One that is there has no stock to be set: where nothing else is wrong, publishing says that the code is taken.
    const isTaken = !benefit && preview.told?.errors.length > 0 && preview.told.errors.every((/** @type {any} */ { field }) => field === 'stock');
    if (preview.told?.result === 'refused' && !isTaken) return toFirstError();
    try {
      await (benefit ? api.patch('/benefits/{code}', { path: { code }, json: terms }) : api.post('/benefits', { json: { code, ...terms } }));
      toast(benefit ? t('benefit.is_changed') : t('benefit.is_on'));
      go(`/benefits/${code}`);
    } catch (problem) {
      setError(problem);
    }
  }

  const back = benefit ? { to: `/benefits/${code}`, label: benefit.title } : { to: '/benefits', label: t('nav.benefits') };
  return html`<div class="office">
    <${PageHead} back=${back} title=${benefit ? t('benefit.change_title') : t('benefits.new')} lead=${benefit && t('benefit.change_lead')} />
    <${Form} act=${publish}>
      <div class="beside">
        <div class="stack">
          <${BenefitFields} isNew=${!benefit} ...${{ draft, partners, errorAt }} onInput=${(/** @type {object} */ some) => setDraft({ ...draft, ...some })} />
        </div>
        <div class="stack stays">
          <${Outlook} preview=${preview} isNew=${!benefit} />
          <section class="card">
            <${ErrorBox} error=${error} />
            <${Button} type="submit" class="wide" busy=${preview.isAsking}>${benefit ? t('benefit.publish_change') : t('benefit.publish')}<//>
            <${ButtonLink} kind="bare" class="wide" href="#${back.to}">${t('cancel')}<//>
          </section>
        </div>
      </div>
    <//>
  </div>`;
}
