import { slugify } from './slug';

it.each([
  ['Blue Shirt', 'blue-shirt'],
  ["Men's  Café—Crème!", 'mens-cafe-creme'],
  ['ঢাকাই জামদানি', 'ঢাকাই-জামদানি'],
  ['  100% ', '100'],
  ['…', ''],
])('%s has the address %s', (name, slug) => expect(slugify(name)).toBe(slug));

it('fits the column', () => expect([...slugify('শাড়ি '.repeat(100))].length).toBeLessThanOrEqual(160));
