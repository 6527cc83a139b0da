// A slip of the finger is told on the device at once: a code has a length, 32 characters, and one that checks the others.
//
// As the server reads them (rewards/voucher_codes.py): Crockford's base32 and Luhn mod 32.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const VOUCHER = 27;
export const PAIRING = 9;

/** What was typed, pasted or scanned, as a code is written: case, blanks, hyphens and O, I, L do not matter. @param {string} text */
export function meant(text) {
  const written = text.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}]/gu, '').toUpperCase();
  return written.replaceAll('O', '0').replace(/[IL]/g, '1');
}

/** In groups, for people's eyes. @param {string} code @param {number} size */
export const grouped = (code, size) => code.replace(new RegExp(`(.{${size}})(?=.)`, 'gu'), '$1-');

/** @typedef {{kind: 'letter', letter: string} | {kind: 'short' | 'long', n: number} | {kind: 'check'}} Slip */

/** What is wrong with a code; null where it may be one. @param {string} code as `meant` gives it @param {number} length @returns {Slip | null} */
export function slip(code, length) {
  const letter = [...code].find((character) => !ALPHABET.includes(character));
  if (letter) return { kind: 'letter', letter };
  if (code.length < length) return { kind: 'short', n: length - code.length };
  if (code.length > length) return { kind: 'long', n: code.length - length };
  const isTooHigh = length === VOUCHER && code[0] > '7'; // 26 characters hold two bits more than a code has
  return isTooHigh || !checks(code) ? { kind: 'check' } : null;
}

/** @param {string} code */
function checks(code) {
  const size = ALPHABET.length;
  const sum = [...code].reverse().reduce((before, character, place) => {
    const value = ALPHABET.indexOf(character) * (place % 2 ? 2 : 1);
    return before + Math.floor(value / size) + (value % size);
  }, 0);
  return sum % size === 0;
}
