// A table is tried first: each row tells what it would change, and then all rows are loaded or none.

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Checkbox, Labelled, TextArea } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { Banner, ErrorBox } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { go } from '../../shared/router.js';
import { t } from '../../shared/strings.js';
import { ImportRows } from './import_rows.js';
import { PageHead } from '../components/page_head.js';

const COLUMNS = {
  deeds: 'code, category, title_ca, title_es, title_en, title_pt, points, unit, max_per_day, max_per_year, evidence, minutes, access, districts, purpose, review_by, source',
  benefits: 'code, category, partner, title_ca, title_es, title_en, title_pt, price_points, stock, max_per_person_per_year, value_eur, voucher_days, opens_at, closes_at, source',
};

/** @param {{kind: 'deeds' | 'benefits'}} props */
export function Import({ kind }) {
  const [file, setFile] = useState(/** @type {{name: string, csv: string, isGuessed: boolean} | null} */ (null));
  const [told, setTold] = useState(/** @type {Api.TableLoaded | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [reason, setReason] = useState('');
  const [isAll, setAll] = useState(false);
  const ask = (/** @type {Api.TableSent} */ json) => (kind === 'deeds' ? api.post('/deeds/import', { json }) : api.post('/benefits/import', { json }));

  async function chosen(/** @type {any} */ { target }) {
    const [picked] = target.files;
    if (!picked) return;
    setError(null);
    setTold(null);
    try {
      const read = await textOf(picked);
      setFile({ name: picked.name, ...read });
      setTold((await ask({ csv: read.csv, dry_run: true })).data);
    } catch (problem) {
      setError(problem);
    } finally {
      target.value = ''; // the same file, mended, can be chosen again
    }
  }

  async function load() {
    if (!file || !told) return;
    const { csv } = file;
    setError(null);
    try {
      await ask({ csv, dry_run: false, ...(kind === 'deeds' ? { reason } : {}) });
      toast(t('import.done', { n: changing(told) }));
      go(kind === 'deeds' ? '/catalogue' : '/benefits');
    } catch (/** @type {any} */ problem) {
      setError(problem); // somebody changed something meanwhile: what is shown is tried again
      if (problem.code === 'import_refused') setTold((await ask({ csv, dry_run: true })).data);
    }
  }

  // Told in a place that stays, for a screen reader: a second table as well as the first.
  const counts = told ? /** @type {const} */ (['refused', 'new', 'changed', 'announced', 'same']).filter((name) => told[name] > 0).map((name) => [name, t(`import.${name}`, { n: told[name] })]) : [];
  const back = kind === 'deeds' ? { to: '/catalogue', label: t('nav.catalogue') } : { to: '/benefits', label: t('nav.benefits') };
  return html`<div class="office">
    <${PageHead} back=${back} title=${kind === 'deeds' ? t('import.deeds') : t('import.benefits')} lead=${t('import.lead')} />
    <section class="card">
      <${Labelled} label=${t('import.file')} hint=${t('import.file_hint')}>
        ${(/** @type {any} */ props) => html`<input type="file" accept=".csv,text/csv" onChange=${chosen} ...${props} />`}
      <//>
      <details><summary>${t('import.columns')}</summary><p><code>${COLUMNS[kind]}</code></p></details>
      <p class="row" role="status">${counts.map(([name, words]) => html`<span key=${name} class="tag ${name === 'refused' ? 'bad' : ''}">${words}</span>`)}</p>
    </section>
    <${ErrorBox} error=${error} />
    ${file?.isGuessed && html`<${Banner} kind="warning"><p>${t('import.guessed')}</p><//>`}
    ${told && html`<section class="card" aria-labelledby="told">
      <h2 id="told">${t('import.preview', { file: file?.name })}</h2>
      ${told.same > 0 && html`<${Checkbox} label=${t('import.show_same')} checked=${isAll} onInput=${setAll} />`}
      <${ImportRows} rows=${told.rows.filter((row) => isAll || row.result !== 'same')} />
      ${told.refused > 0 && html`<${Banner} kind="bad"><p>${t('import.has_refused')}</p><//>`}
      ${told.refused === 0 && changing(told) === 0 && html`<${Banner}><p>${t('import.nothing')}</p><//>`}
      ${told.refused === 0 && changing(told) > 0 && html`<${Form} act=${load}>
        ${kind === 'deeds' && html`<${TextArea} label=${t('field.reason')} hint=${t('field.reason_hint')} required maxlength="500" value=${reason} onInput=${setReason} />`}
        <${Submit}>${t('import.load', { n: changing(told) })}<//>
        <${Button} kind="bare" onClick=${() => setTold(null)}>${t('cancel')}<//>
      <//>`}
    </section>`}
  </div>`;
}

const changing = (/** @type {Api.TableLoaded} */ told) => told.new + told.changed + told.announced;

/** What spreadsheets write as CSV: UTF-8, or else the alphabet of Windows, which is said. @param {Blob} file */
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  try {
    return { csv: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isGuessed: false };
  } catch {
    return { csv: new TextDecoder('windows-1252').decode(bytes), isGuessed: true };
  }
}
