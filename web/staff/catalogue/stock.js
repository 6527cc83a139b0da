// Stock is changed by a difference, since vouchers are sold meanwhile: what is put in or taken out, never "there are now".

import { html, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Select } from '../../shared/components/field.js';
import { Form, Submit } from '../../shared/components/form.js';
import { ErrorBox } from '../../shared/components/notice.js';
import { toast } from '../../shared/components/toast.js';
import { number } from '../../shared/format.js';
import { t } from '../../shared/strings.js';
import { NumberField } from './parts.js';

/** @param {{benefit: Api.BenefitShown, onDone: () => void}} props */
export function Stock({ benefit, onDone }) {
  const [way, setWay] = useState('in');
  const [many, setMany] = useState('');
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const left = benefit.stock_left;
  if (left === null) return html`<section class="card"><h2>${t('field.stock')}</h2><p>${t('stock.unlimited')}</p></section>`;
  const change = (way === 'in' ? 1 : -1) * Number(many);
  async function send() {
    setError(null);
    try {
      const { data } = await api.post('/benefits/{code}/stock', { path: { code: benefit.code }, json: { change } });
      toast(t('stock.done', { n: data.stock_left }));
      setMany('');
      onDone();
    } catch (problem) {
      setError(problem);
    }
  }
  return html`<section class="card"><h2>${t('field.stock')}</h2>
    <p class="stock"><strong class="number">${number(left)}</strong> ${t('stock.left')}</p>
    <${Form} act=${send}>
      <div class="columns">
        <${Select} label=${t('stock.way')} value=${way} onInput=${setWay} options=${[['in', t('stock.in')], ['out', t('stock.out')]]} />
        <${NumberField} label=${t('stock.many')} required max=${way === 'in' ? 10_000_000 : undefined} value=${many} onInput=${setMany} />
      </div>
      <p class="quiet" role="status">${Number(many) > 0 ? (left + change < 0 ? t('stock.too_many', { n: left }) : t('stock.then', { before: left, after: left + change })) : t('stock.hint')}</p>
      <${ErrorBox} error=${error} />
      <${Submit}>${way === 'in' ? t('stock.put_in') : t('stock.take_out')}<//>
    <//>
  </section>`;
}
