// A deed is changed by publishing its next version: what differs and from when stands beside the fields before it is done.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { Field, TextArea } from '../../shared/components/field.js';
import { toast } from '../../shared/components/toast.js';
import { instant, today } from '../../shared/format.js';
import { useAsked } from '../../shared/hooks.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { DeedFields } from '../catalogue/deed_fields.js';
import { deedOf } from '../catalogue/deed_read.js';
import { deedDraft, deedRule } from '../catalogue/drafts.js';
import { Editor } from '../catalogue/editor.js';
import { onTop } from '../catalogue/meanwhile.js';

/** @param {{code?: string}} props without a code it is a new deed */
export default function DeedEdit({ code }) {
  const { data, error, again } = useAsked(async (signal) => {
    const [known, { data: districts }] = await Promise.all([code ? deedOf(code, signal) : null, api.get('/districts', { signal })]);
    return { known, districts: districts.items };
  }, [code]);
  if (error) return html`<${ErrorBox} error=${error} onRetry=${again} />`;
  if (!data) return html`<${Skeleton} lines=${6} />`;
  return html`<${Deed} ...${data} />`;
}

/** @param {{known: import('../catalogue/deed_read.js').Known | null, districts: {code: string, name: string}[]}} props */
function Deed({ known: first, districts }) {
  const [known, setKnown] = useState(first);
  const deed = known?.deed;
  const [draft, setDraft] = useState(() => deedDraft(deed));
  const [reason, setReason] = useState(deed ? '' : t('deed.first_reason'));
  const [day, setDay] = useState('');
  const code = deed?.code ?? draft.code;
  const starts = day ? { in_force_from: instant(day, '00:00') } : {};
  // A pause that is over by then is no part of the next version.
  const paused_until = draft.paused_until && draft.paused_until >= (day || today()) ? draft.paused_until : null;
  const wish = { ...deedRule(draft), paused_until, code, ...starts };

  async function publish() {
    const json = { ...wish, reason };
    await (known ? api.put('/deeds/{code}', { path: { code }, json, ifMatch: `"${known.newest}"` }) : api.post('/deeds', { json }));
    toast(t('deed.is_published'));
    go(`/catalogue/${code}`);
  }
  async function catchUp() {
    const now = await deedOf(code);
    setDraft(onTop(draft, deedDraft(deed), deedDraft(now.deed)));
    setKnown(now);
    return now.versions.filter(({ version }) => version > (known?.newest ?? 0));
  }

  const back = deed ? { to: `/catalogue/${code}`, label: deed.title } : { to: '/catalogue', label: t('nav.catalogue') };
  return html`<${Editor} kind="deeds" isNew=${!deed} version=${known?.newest} ...${{ wish, publish, catchUp }} onDay=${setDay}
    head=${{ back, title: deed ? t('deed.change_title') : t('deeds.new'), lead: deed && t('deed.change_lead') }}
    yes=${deed ? t('deed.publish_version') : t('deed.publish')}
    fields=${(/** @type {any} */ errorAt) => html`<${DeedFields} isNew=${!deed} ...${{ draft, districts, errorAt }} onInput=${(/** @type {object} */ some) => setDraft({ ...draft, ...some })} />`}
    more=${(/** @type {any} */ errorAt) => html`
      <${Field} type="date" label=${t('field.in_force_from')} hint=${t('deed.from_hint')} min=${today()} value=${day} onInput=${setDay} error=${errorAt('in_force_from')} />
      <${TextArea} label=${t('field.reason')} hint=${t('field.reason_hint')} required maxlength="500" value=${reason} onInput=${setReason} />`} />`;
}
