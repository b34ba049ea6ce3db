/**
 * What the full-text index holds, and how it is asked, so that a search means the same on MariaDB and MySQL and
 * in every script. The servers' own tokenizer drops words of one or two letters ("TV", "বই"), English stop words
 * and words beyond 84 characters, and what counts as the same letter depends on the collation. So words are made
 * here and written in an ASCII form that no tokenizer can split or drop: `w_` + the word, where a letter outside
 * a–z0–9 is `_` + a fixed-length code. The code is monotone: a prefix of a word is a prefix of its encoded form,
 * which keeps prefix search working. See docs/decisions/0008-search-words-in-ascii.md.
 */
import { crc32 } from 'node:zlib';

/** InnoDB drops words beyond `innodb_ft_max_token_size` (84 by default); both sides are cut, so they still meet. */
const MAX_ENCODED = 80;
/** More words than this in a question only cost time. */
const MAX_QUERY_WORDS = 10;

const BENGALI = 0x0980;

/** The words of a text: compatibility-folded, lower case, without Latin accents, ASCII digits, soft characters removed. */
function wordsOf(text: string): string[] {
  // What most texts are, in a tenth of the time.
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const folded = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ς/g, 'σ')
    .replace(/[০-৯]/g, (digit) => String(digit.charCodeAt(0) - 0x09e6))
    .normalize('NFC');
  return folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function encodeLetter(letter: string): string {
  if (/[a-z0-9]/.test(letter)) return letter;
  const code = letter.codePointAt(0) ?? 0;
  // The Bengali block is short (`_00`–`_7f`): its words must not hit the length limit.
  if (code >= BENGALI && code < BENGALI + 0x80) return `_${(code - BENGALI).toString(16).padStart(2, '0')}`;
  return `_z${code.toString(36).padStart(4, '0')}`;
}

function encode(word: string): string {
  if (/^[a-z0-9]+$/.test(word)) return `w_${word}`.slice(0, MAX_ENCODED);
  let encoded = 'w_';
  for (const letter of word) {
    const next = encodeLetter(letter);
    if (encoded.length + next.length > MAX_ENCODED) break;
    encoded += next;
  }
  return encoded;
}

/**
 * The same check as `searchCheckSql`, over the raw text: an eight-digit CRC-32 written as pairs, which are too short
 * to be indexed. A trigger compares it and clears a `searchText` that does not belong to its row's text any more.
 */
function checkOf(text: string): string {
  const hex = crc32(Buffer.from(text)).toString(16).padStart(8, '0');
  return (hex.match(/../g) ?? []).join(' ');
}

/** SQL of the check that `searchText(name, description)` begins with, for triggers. */
export function searchCheckSql(name: string, description: string): string {
  const hex = `LPAD(LOWER(HEX(CRC32(CONCAT(${name}, ' ', COALESCE(${description}, ''))))), 8, '0')`;
  return `CONCAT_WS(' ', SUBSTR(${hex}, 1, 2), SUBSTR(${hex}, 3, 2), SUBSTR(${hex}, 5, 2), SUBSTR(${hex}, 7, 2))`;
}

/**
 * What goes into `products.searchText`: always from the name and the description, as they are stored.
 * Written in the statement that changes them; when it is not, a trigger sets the column NULL until `refillSearchText`.
 */
export function searchText(name: string, description: string | null | undefined): string {
  const text = `${name} ${description ?? ''}`;
  const words = new Set(wordsOf(text).map(encode));
  return [checkOf(text), ...words].join(' ');
}

/**
 * The question for `MATCH (searchText) AGAINST (? IN BOOLEAN MODE)`: every word is required, the last one as the
 * beginning of a word (someone may still be typing it) unless it is a single letter, which would match too much.
 *
 * @returns null when the question holds no word; then nothing can match
 */
export function matchQuery(question: string): string | null {
  const words = wordsOf(question);
  const last = words.at(-1);
  if (last === undefined) return null;
  const exact = new Set(
    words
      .slice(0, -1)
      .slice(0, MAX_QUERY_WORDS - 1)
      .map(encode),
  );
  const prefix = [...last].length > 1 ? `+${encode(last)}*` : `+${encode(last)}`;
  return [...[...exact].map((word) => `+${word}`), prefix].join(' ');
}
