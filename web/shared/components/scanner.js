// A code is read from the camera by the browser where it can, else by the vendored decoder; typing it always works too.

import { html, useEffect, useRef, useState } from '../html.js';
import { t } from '../strings.js';
import { Button } from './button.js';
import { Banner } from './notice.js';

const LOOK_EACH_MS = 200;
const SIDE_MAX = 800;

/** @typedef {(frame: HTMLCanvasElement) => Promise<string | null>} Reader */

/** @returns {Promise<Reader>} */
async function reader() {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = Detector ? await Detector.getSupportedFormats().catch(() => []) : [];
  if (!formats.includes('qr_code')) return decoder();
  const detector = new Detector({ formats: ['qr_code'] });
  /** @type {Reader} */
  let read = async (frame) => (await detector.detect(frame))[0]?.rawValue ?? null;
  return (frame) =>
    read(frame).catch(async () => {
      read = await decoder(); // what promises formats may still lack the service that reads them
      return read(frame);
    });
}

/** @returns {Promise<Reader>} */
async function decoder() {
  const { decodeQR } = await import('../../vendor/qr-decode.js');
  return async (frame) => {
    const { width, height } = frame;
    const data = frame.getContext('2d', { willReadFrequently: true })?.getImageData(0, 0, width, height).data;
    if (!data) return null;
    try {
      return decodeQR({ width, height, data });
    } catch {
      return null; // no code in this picture
    }
  };
}

/**
 * Look through the camera until a code is seen, and on where `onCode` answers false.
 * @param {{onCode: (code: string) => unknown, onCancel?: () => void, hint?: string}} props
 */
export function Scanner({ onCode, onCancel, hint = t('scan.hint') }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const [problem, setProblem] = useState('');
  const told = useRef(onCode);
  told.current = onCode;
  useEffect(() => {
    let isOver = false;
    /** @type {MediaStream | undefined} */
    let stream;
    async function look() {
      const read = await reader();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      const shown = video.current;
      if (isOver || !shown) return end();
      shown.srcObject = stream;
      await shown.play();
      const frame = document.createElement('canvas');
      while (!isOver) {
        const scale = Math.min(1, SIDE_MAX / Math.max(shown.videoWidth, shown.videoHeight, 1));
        frame.width = Math.round(shown.videoWidth * scale);
        frame.height = Math.round(shown.videoHeight * scale);
        if (frame.width && frame.height) {
          frame.getContext('2d', { willReadFrequently: true })?.drawImage(shown, 0, 0, frame.width, frame.height);
          const code = await read(frame);
          if (code && !isOver && told.current(code) !== false) {
            isOver = true;
            return end();
          }
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_EACH_MS));
      }
    }
    function end() {
      stream?.getTracks().forEach((track) => track.stop());
    }
    look().catch((error) => isOver || setProblem(error.name === 'NotAllowedError' ? t('scan.not_allowed') : t('scan.no_camera')));
    return () => {
      isOver = true;
      end();
    };
  }, []);
  return html`<div class="scanner">
    ${problem ? html`<${Banner} kind="warning">${problem}<//>` : html`<div class="view"><video ref=${video} muted playsinline></video><span class="frame"></span></div><p class="quiet">${hint}</p>`}
    ${onCancel && html`<${Button} kind="quiet" onClick=${onCancel}>${t('cancel')}<//>`}
  </div>`;
}
