// A sound and a tremble say it as well, for who looks at the customer; nothing is said by them alone.

const NAME = 'bonafeta.signal';

/** @type {Record<string, {tones: number[], tremble: number[]}>} hertz and milliseconds */
const SIGNALS = {
  good: { tones: [660, 880], tremble: [80] },
  bad: { tones: [220, 180], tremble: [200, 100, 200] },
};
const TONE_S = 0.12;
const LOUDNESS = 0.15;

export function isSignalling() {
  try {
    return localStorage.getItem(NAME) !== 'off';
  } catch {
    return true;
  }
}

/** @param {boolean} isOn */
export function setSignalling(isOn) {
  try {
    localStorage.setItem(NAME, isOn ? 'on' : 'off');
  } catch {
    // it cannot be kept, and stays as it was
  }
}

/** @type {AudioContext | undefined} */
let audio;

/** @param {string} kind */
export function signal(kind) {
  const found = SIGNALS[kind];
  // Before anybody has touched the page a browser allows neither.
  if (!found || !isSignalling() || !navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate?.(found.tremble);
  try {
    audio ??= new AudioContext();
    found.tones.forEach((hertz, place) => sound(/** @type {AudioContext} */ (audio), hertz, place * TONE_S));
  } catch {
    // a device without sound
  }
}

/** @param {AudioContext} context @param {number} hertz @param {number} after */
function sound(context, hertz, after) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  const from = context.currentTime + after;
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(LOUDNESS, from);
  volume.gain.exponentialRampToValueAtTime(0.001, from + TONE_S);
  tone.connect(volume).connect(context.destination);
  tone.start(from);
  tone.stop(from + TONE_S);
}
