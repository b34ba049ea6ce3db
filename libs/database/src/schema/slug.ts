import { MAX_SLUG } from './limits';

/**
 * The address form of a name: lower case, words joined by hyphens; letters of any script stay. Accents go from Latin
 * letters alone: in other scripts a mark makes another letter (й, ї) or a vowel.
 *
 * @returns '' when the name holds no letter or digit
 */
export function slugify(name: string): string {
  const words = name
    .normalize('NFKD')
    // U+034F joins graphemes: as invisible as \p{Cf}, though by its category a mark.
    .replace(/[\u034f\p{Cf}'’]/gu, '')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .toLowerCase()
    .normalize('NFC')
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return [...(words ?? []).join('-')].slice(0, MAX_SLUG).join('').replace(/-+$/, '');
}
