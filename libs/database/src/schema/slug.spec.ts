import { slugify } from './slug';

it.each([
  ['Blue Shirt', 'blue-shirt'],
  ["Men's  Café—Crème!", 'mens-cafe-creme'],
  ['ঢাকাই জামদানি', 'ঢাকাই-জামদানি'],
  ['Über Ångström', 'uber-angstrom'],
  ['Cafe\u0301 \u200dTiê\u0301ng', 'cafe-tieng'],
  ['Чай Йорк', 'чай-йорк'],
  ['Київ', 'київ'],
  ['Ёлка', 'ёлка'],
  ['Καφές', 'καφές'],
  ['ガラス', 'ガラス'],
  ['  100% ', '100'],
  ['…', ''],
])('%s has the address %s', (name, slug) => expect(slugify(name)).toBe(slug));

it.each(['শাড়ি ', 'Київ ', 'ΰ', '\u{11131}\u{11127}', 'ﷺ'])('%s, often, fits the column', (name) => {
  const slug = slugify(name.repeat(200));
  expect([...slug].length).toBeLessThanOrEqual(160);
  expect(slug).toBe(slug.normalize('NFC'));
});
