/** What fits `slug VARCHAR(191)`, with room for a suffix that tells two of the same name apart. */
const MAX_SLUG = 160;

/**
 * The address form of a name: lower case, words joined by hyphens; letters of any script stay.
 *
 * @returns '' when the name holds no letter or digit
 */
export function slugify(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\p{Cf}'’]/gu, '')
    .toLowerCase()
    .normalize('NFC')
    .match(/[\p{L}\p{M}\p{N}]+/gu);
  return [...(words ?? []).join('-')].slice(0, MAX_SLUG).join('').replace(/-+$/, '');
}
