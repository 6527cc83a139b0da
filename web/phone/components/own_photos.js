// My photo is fetched when I ask for it: each look at a photo is a line in the log.

import { api } from '../../shared/api.js';
import { html, useState } from '../../shared/html.js';
import { Button } from '../../shared/components/button.js';
import { ErrorBox } from '../../shared/components/notice.js';
import { useBlobAddress } from '../../shared/components/photo.js';
import { t } from '../../shared/strings.js';

/** @param {{photos: {id: string}[]}} props */
export function OwnPhotos({ photos }) {
  return html`<div class="photos">${photos.map(({ id }, n) => html`<${OwnPhoto} key=${id} id=${id} n=${n + 1} />`)}</div>`;
}

/** @param {{id: string, n: number}} props */
function OwnPhoto({ id, n }) {
  const [blob, setBlob] = useState(/** @type {Blob | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const address = useBlobAddress(blob);
  async function show() {
    setError(null);
    try {
      setBlob((await api.get('/evidence/{evidence_id}', { path: { evidence_id: id }, as: 'blob' })).data);
    } catch (problem) {
      setError(problem);
    }
  }
  if (address) return html`<img src=${address} alt=${t('photo.yours')} />`;
  return html`<${ErrorBox} error=${error} /><${Button} kind="quiet" icon="eye" onClick=${show}>${t('my.show_photo', { n })}<//>`;
}
