import { insertWithSlug, slugCandidates, slugInput } from '.';

const duplicate = Object.assign(new Error('Duplicate entry'), { errno: 1062 });

describe('a slug that is made from a name', () => {
  it.each([
    ['Blue Shirt (XL)', 'blue-shirt-xl'],
    ['Café au lait', 'cafe-au-lait'],
    ['তাঁতের শাড়ি', 'তাঁতের-শাড়ি'.normalize('NFC')],
    ['!!!', 'product'],
  ])('%s', (name, slug) => expect(slugCandidates(name, 'product').next().value).toBe(slug));

  it('steps aside for one that is taken, and for one that is reserved', async () => {
    const taken = new Set(['shirt', 'shirt-2']);
    const insert = async (slug: string) => {
      if (taken.has(slug)) throw duplicate;
      return 7;
    };
    const made = await insertWithSlug(
      { slug: undefined, name: 'Shirt', otherwise: 'x' },
      insert,
      async (slug) => slug === 'shirt-3',
    );
    expect(made).toEqual({ id: 7, slug: 'shirt-4' });
  });

  it('is refused when it was asked for and is taken', async () => {
    const insert = () => Promise.reject(duplicate);
    await expect(
      insertWithSlug({ slug: 'shirt', name: 'Shirt', otherwise: 'x' }, insert),
    ).rejects.toMatchObject({
      code: 'slug_taken',
    });
  });
});

it.each(['blue-shirt', 'তাঁতের-শাড়ি', 'Version_1.0'])('%s may be chosen', (slug) =>
  expect(slugInput().safeParse(slug).success).toBe(true),
);
it.each(['', ' ', '-a', 'a/b', 'a?b', 'a b', '..', 'a%2fb', 'a,b', 'x'.repeat(161)])(
  '"%s" may not be chosen',
  (slug) => expect(slugInput().safeParse(slug).success).toBe(false),
);
