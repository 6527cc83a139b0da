// What a photo shows is looked at closely: larger, turned and moved, by hand or by key.

import { html, useEffect, useRef, useState } from '../../shared/html.js';
import { api } from '../../shared/api.js';
import { Button } from '../../shared/components/button.js';
import { Empty, ErrorBox, Skeleton } from '../../shared/components/notice.js';
import { useAsked } from '../../shared/hooks.js';
import { t } from '../../shared/strings.js';
import { useKeys } from './keys.js';

const ZOOMS = [1, 1.5, 2, 3, 4, 6];
const STEP = 60;
const AS_IT_IS = { zoom: 1, turn: 0, x: 0, y: 0 };

/** @param {{photos: {id: string}[]}} props */
export function PhotoViewer({ photos }) {
  const [at, setAt] = useState(0);
  const [view, setView] = useState(AS_IT_IS);
  const change = (/** @type {any} */ next) => setView((/** @type {any} */ now) => ({ ...now, ...(typeof next === 'function' ? next(now) : next) }));
  const zoom = (/** @type {number} */ by) =>
    change((/** @type {any} */ now) => {
      const larger = ZOOMS[Math.min(Math.max(ZOOMS.indexOf(now.zoom) + by, 0), ZOOMS.length - 1)];
      return larger === 1 ? { zoom: 1, x: 0, y: 0 } : { zoom: larger };
    });
  const turn = () => change((/** @type {any} */ now) => ({ turn: (now.turn + 90) % 360, x: 0, y: 0 }));
  const leaf = (/** @type {number} */ by) => (setAt((at + by + photos.length) % photos.length), setView(AS_IT_IS));
  const move = (/** @type {number} */ x, /** @type {number} */ y) => change((/** @type {any} */ now) => now.zoom > 1 && { x: now.x + x * STEP, y: now.y + y * STEP });
  const across = (/** @type {number} */ by) => (view.zoom > 1 ? move(-by, 0) : photos.length > 1 && leaf(by));
  useKeys(
    photos.length
      ? {
          '+': () => zoom(1),
          '=': () => zoom(1),
          '-': () => zoom(-1),
          0: () => setView(AS_IT_IS),
          r: turn,
          ArrowLeft: () => across(-1),
          ArrowRight: () => across(1),
          ...(view.zoom > 1 ? { ArrowUp: () => move(0, 1), ArrowDown: () => move(0, -1) } : {}),
        }
      : {},
  );
  const twice = () => (view.zoom > 1 ? setView({ ...AS_IT_IS, turn: view.turn }) : zoom(2));
  const share = `${Math.round(view.zoom * 100)} %`;
  if (!photos.length) return html`<div class="viewer none"><${Empty} icon="camera" title=${t('photo.none')}>${t('photo.none_text')}<//></div>`;
  return html`<section class="viewer" aria-label=${t('photo.label')}>
    <div class="tools" role="toolbar" aria-label=${t('photo.tools')}>
      ${photos.length > 1 &&
      html`<${Button} kind="bare" icon="previous_photo" label=${t('photo.previous')} onClick=${() => leaf(-1)} />
        <span class="number">${at + 1} / ${photos.length}</span>
        <${Button} kind="bare" icon="next_photo" label=${t('photo.next')} onClick=${() => leaf(1)} />`}
      <span class="grow"></span>
      <${Button} kind="bare" icon="minus" label=${t('photo.smaller')} disabled=${view.zoom === 1} onClick=${() => zoom(-1)} />
      <${Button} kind="bare" class="number" aria-label=${`${share}: ${t('photo.fit')}`} onClick=${() => setView(AS_IT_IS)}>${share}<//>
      <${Button} kind="bare" icon="plus" label=${t('photo.larger')} disabled=${view.zoom === ZOOMS[ZOOMS.length - 1]} onClick=${() => zoom(1)} />
      <${Button} kind="bare" icon="rotate" label=${t('photo.turn')} onClick=${turn} />
    </div>
    <${Photo} key=${photos[at].id} id=${photos[at].id} words=${t('photo.of', { at: at + 1, all: photos.length })} view=${view} onMove=${change} onTwice=${twice} />
  </section>`;
}

/** @param {{id: string, words: string, view: any, onMove: (to: any) => void, onTwice: () => void}} props */
function Photo({ id, words, view, onMove, onTwice }) {
  const asked = useAsked(async (signal) => (await api.get('/evidence/{evidence_id}', { path: { evidence_id: id }, as: 'blob', signal })).data, [id]);
  const [address, setAddress] = useState('');
  const image = useRef(/** @type {HTMLImageElement | null} */ (null));
  const from = useRef(/** @type {any} */ (null));
  useEffect(() => {
    if (!asked.data) return;
    const made = URL.createObjectURL(asked.data);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [asked.data]);
  if (asked.error) return html`<div class="frame"><${ErrorBox} error=${asked.error} onRetry=${asked.again} /></div>`;
  if (!address) return html`<div class="frame"><${Skeleton} lines=${1} /></div>`;
  const grab = (/** @type {PointerEvent} */ event) => {
    if (view.zoom === 1) return;
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    from.current = { x: event.clientX - view.x, y: event.clientY - view.y };
  };
  const drag = (/** @type {PointerEvent} */ event) => from.current && onMove({ x: event.clientX - from.current.x, y: event.clientY - from.current.y });
  const drop = () => (from.current = null);
  const scale = view.zoom * fitting(image.current, view.turn);
  return html`<div class="frame ${view.zoom > 1 ? 'large' : ''}" onPointerDown=${grab} onPointerMove=${drag} onPointerUp=${drop} onPointerCancel=${drop} onDblClick=${onTwice}>
    <img ref=${image} src=${address} alt=${words} draggable=${false} style=${{ transform: `translate(${view.x}px, ${view.y}px) rotate(${view.turn}deg) scale(${scale})` }} />
  </div>`;
}

/** By how much a photo that fits into its frame is to be scaled to fit when it lies on its side. @param {HTMLImageElement | null} image @param {number} turn */
function fitting(image, turn) {
  if (!image?.naturalWidth || turn % 180 === 0) return 1;
  const { clientWidth: width, clientHeight: height, naturalWidth, naturalHeight } = image;
  return Math.min(width / naturalHeight, height / naturalWidth) / Math.min(width / naturalWidth, height / naturalHeight);
}
