// A photo is made small on the phone before it is sent: upright, and without where and when it was taken.

import { html, useEffect, useState } from '../html.js';
import { t } from '../strings.js';
import { Button } from './button.js';
import { Labelled } from './field.js';
import { Icon } from './icons.js';

export const SIDE_MAX = 1600;
const QUALITY = 0.82;

/** A JPEG of at most `SIDE_MAX` pixels a side. Throws where the file is no picture. @param {Blob} file @returns {Promise<Blob>} */
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', QUALITY);
  });
}

/** A blob as an address for `<img>`, let go again. @param {Blob | null} blob */
export function useBlobAddress(blob) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    if (!blob) return setAddress('');
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
}

/** Take or choose one photo. @param {{label: string, hint?: string, photo: Blob | null, onPhoto: (photo: Blob | null) => void, error?: string}} props */
export function PhotoField({ label, hint, photo, onPhoto, error }) {
  const address = useBlobAddress(photo);
  const [problem, setProblem] = useState('');
  async function chosen(/** @type {any} */ { target }) {
    const [file] = target.files;
    target.value = '';
    if (!file) return;
    try {
      onPhoto(await shrink(file));
      setProblem('');
    } catch {
      setProblem(t('photo.no_picture'));
    }
  }
  return html`<div class="photo-field">
    <${Labelled} label=${label} hint=${hint} error=${problem || error}>
      ${(/** @type {any} */ props) => html`<div class="photo-pick">
        <input type="file" accept="image/*" onChange=${chosen} ...${props} />
        <span class="button quiet" aria-hidden="true"><${Icon} name="camera" size=${20} /><span>${photo ? t('photo.other') : t('photo.pick')}</span></span>
      </div>`}
    <//>
    ${address && html`<figure><img src=${address} alt=${t('photo.yours')} /><${Button} kind="quiet" icon="cross" onClick=${() => onPhoto(null)}>${t('photo.remove')}<//></figure>`}
  </div>`;
}

/** An SVG that the API gave as text (a voucher's QR), shown as a picture, so that nothing in it can run. @param {{text: string, alt: string, class?: string}} props */
export function SvgPicture({ text, alt, class: more }) {
  const [blob, setBlob] = useState(/** @type {Blob | null} */ (null));
  useEffect(() => setBlob(new Blob([text], { type: 'image/svg+xml' })), [text]);
  const address = useBlobAddress(blob);
  return address && html`<img class=${more} src=${address} alt=${alt} />`;
}
