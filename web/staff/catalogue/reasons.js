// What the API says of a field it says in English; what it says often is said in the reader's language.

import { t } from '../../shared/strings.js';

/** A sentence of the API, and the words for it: what is named in it is their facts. @type {[RegExp, string][]} */
export const KNOWN = [
  [/^(Missing data for required field|Field may not be null|Shorter than minimum length 1)\.$/, 'reason.missing'],
  [/^Missing: the catalogue is published in every language of the city\.$/, 'reason.every_language'],
  [/^Not a valid integer\.$/, 'reason.whole'],
  [/^Not a valid number\.$/, 'reason.number'],
  [/^Not a valid date\.$/, 'reason.date'],
  [/^Give a time with a zone, such as \S+Z\.$/, 'reason.time'],
  [/^Must be greater than or equal to (?<min>\S+) and less than or equal to (?<max>\S+)\.$/, 'reason.range'],
  [/^[Aa]t most (?<max>\d+)$/, 'reason.at_most'],
  [/^(Longer than maximum length|Length must be between 1 and) (?<max>\d+)\.$/, 'reason.too_long'],
  [/^Must be one of: (?<choices>.+)\.$/, 'reason.one_of'],
  [/^String does not match expected pattern\.$/, 'reason.code'],
  [/^Control characters are not accepted\.$/, 'reason.control'],
  [/^Less than max_per_day\.$/, 'reason.less_than_day'],
  [/^Something stands here twice\.$/, 'reason.twice'],
  [/^Unknown: (?<names>.+)\.$/, 'reason.unknown'],
  [/^The review date is over before the rule comes into force\.$/, 'reason.over'],
  [/^A pause lasts from when it comes into force for (?<days>\d+) days at most\.$/, 'reason.pause'],
  [/^Later than \d{4}-\d\d-\d\d\.$/, 'reason.too_late'],
  [/^The benefit \S+ keeps what it has: a stock, or none\.$/, 'reason.stock'],
  [/^Stands on line (?<line>\d+) already\.$/, 'reason.line'],
  [/^(?<cells>\d+) cells under (?<columns>\d+) columns$/, 'reason.cells'],
  [/^This column is missing\.$/, 'reason.no_column'],
  [/^Unknown (column|field)\.$/, 'reason.unknown_column'],
  [/^Not a (deed|benefit): .+\.$/, 'reason.kind'],
];

/** @param {string} reason @returns {string | null} null: there is only the API's own sentence */
export function reasonText(reason) {
  for (const [sentence, key] of KNOWN) {
    const found = sentence.exec(reason);
    if (found) return t(key, found.groups ?? {});
  }
  return null;
}
