import { searchText } from '@prior/database';
import { Shop } from '../support/shop';

interface List {
  products: { id: number; name: string }[];
  total: number;
  totalIsLowerBound?: boolean;
  totalPages: number;
  nextCursor: string | null;
}

jest.setTimeout(60_000);

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const search = async (q: string, rest = '') => {
  const reply = await shop.get<List>(`/api/products?q=${encodeURIComponent(q)}${rest}`);
  if (reply.status !== 200) throw new Error(reply.text);
  return reply.body;
};
const names = async (q: string, rest = '') => (await search(q, rest)).products.map(({ name }) => name);

describe('a search', () => {
  beforeAll(async () => {
    const clothes = await shop.category('Cloth');
    const inClothes = { categoryId: clothes.id };
    await shop.product({ name: 'Blue cotton shirt', unitPrice: 20, ...inClothes });
    await shop.product({ name: 'Red cotton shirt', unitPrice: 10, ...inClothes });
    await shop.product({ name: 'Red silk shirt', unitPrice: 30, quantity: 0, ...inClothes });
    await shop.product({ name: 'Shirt press', description: 'For cotton', unitPrice: 50 });
    await shop.product({
      name: 'জামদানি শাড়ি',
      description: 'ঢাকাই তাঁতের শাড়ি',
      unitPrice: 90,
      ...inClothes,
    });
    await shop.product({ name: 'তাঁতের গামছা', unitPrice: 5, ...inClothes });
    await shop.product({ name: 'TV 4K ২০২৬', description: 'বই নয়', unitPrice: 500 });
    await shop.product({ name: 'The Who: LP', unitPrice: 15 });
  });

  it.each([
    [
      'every word is required, in name or description',
      'cotton shirt',
      ['Blue cotton shirt', 'Red cotton shirt', 'Shirt press'],
    ],
    ['whatever the case', 'COTTON red', ['Red cotton shirt']],
    ['the last word may be unfinished', 'blue cot', ['Blue cotton shirt']],
    ['other words may not', 'cot blue', []],
    ['Bengali words', 'শাড়ি', ['জামদানি শাড়ি']],
    ['several Bengali words', 'তাঁতের শাড়ি', ['জামদানি শাড়ি']],
    ['the beginning of a Bengali word', 'তাঁত', ['জামদানি শাড়ি', 'তাঁতের গামছা']],
    ['a Bengali word in its other spelling', 'শাড়ি'.normalize('NFD'), ['জামদানি শাড়ি']],
    ['words of two letters, and of three in Bengali', 'tv বই', ['TV 4K ২০২৬']],
    ['digits of either script', '2026', ['TV 4K ২০২৬']],
    ['words that servers like to ignore', 'the who', ['The Who: LP']],
    ['operators mean nothing', '+cotton -shirt "red" *', ['Red cotton shirt']],
  ])('%s: %s', async (_, q, expected) => expect((await names(q)).sort()).toEqual([...expected].sort()));

  it.each(['!?', '-', '""'])('without a word finds nothing: "%s"', async (q) =>
    expect(await search(q)).toEqual({ products: [], total: 0, page: 1, totalPages: 0, nextCursor: null }),
  );

  it.each(['%FF', '%ED%A0%80', 'cotton%C3', '%'])(
    'for what is no UTF-8 takes it as it was sent: %s',
    async (q) => {
      const reply = await shop.get<List>(`/api/products?q=${q}`);
      expect(reply.status).toBe(200);
      expect(reply.body.total).toBe(0);
      expect(`${reply.text} ${String(reply.headers['link'])}`).not.toMatch(/\ufffd|%EF%BF%BD/i);
    },
  );

  it('goes with every filter and order', async () => {
    expect(await names('shirt', '&inStock=false&category=cloth&sort=price')).toEqual([
      'Red cotton shirt',
      'Blue cotton shirt',
      'Red silk shirt',
    ]);
    expect(await names('shirt', '&sort=-price')).toEqual([
      'Shirt press',
      'Blue cotton shirt',
      'Red cotton shirt',
    ]);
    expect(await names('shirt', '&minPrice=10&maxPrice=20&sort=newest')).toEqual([
      'Red cotton shirt',
      'Blue cotton shirt',
    ]);
    expect((await search('shirt', '&category=cloth')).total).toBe(2);
  });

  it('puts whole words before beginnings, the name before the description, the most reviewed first', async () => {
    const far = 'It stands on four legs and needs no assembly at all, says the maker';
    await shop.product({ name: 'Oaken bowl' });
    await shop.product({ name: 'Table', description: `${far}: oak` });
    await shop.product({ name: 'Oak chair' });
    await shop.product({ name: 'A stool of oak', slug: 'stool' });
    await shop.write({ role: 'customer', subject: 'a' }, 'POST', '/api/products/stool/reviews', {
      rating: 3,
    });
    expect(await names('oak')).toEqual(['A stool of oak', 'Oak chair', 'Table', 'Oaken bowl']);
  });
});

describe('many matches', () => {
  const LOTS = 1_050;
  beforeAll(async () => {
    const values = Array.from({ length: LOTS }, (_, i) => {
      const name = `Gizmo ${i < 40 ? 'few' : 'lot'} ${i}`;
      return `('${name}', 'gizmo-${i}', 1 + ${i % 7}, 1 + ${i % 7}, ${i % 3}, '${searchText(name, null)}', '2026-01-01' + INTERVAL ${i % 5} SECOND)`;
    });
    await shop.sql(
      `INSERT INTO products (name, slug, unitPrice, updatedPrice, quantity, searchText, created_at) VALUES ${values.join(',')}`,
    );
  });

  it.each(['', '&sort=price', '&sort=-price', '&sort=newest', '&sort=popular', '&sort=rating'])(
    'are each handed out once, by pages and by cursors, which agree (%s)',
    async (sort) => {
      const seen: number[] = [];
      let cursor: string | null = null;
      for (let page = 1; page === 1 || cursor !== null; page += 1) {
        const rest = `${sort}&inStock=false&limit=9`;
        const numbered = await search('gizmo few', `${rest}&page=${page}`);
        if (cursor !== null) expect(await search('gizmo few', `${rest}&cursor=${cursor}`)).toEqual(numbered);
        expect(numbered.total).toBe(40);
        seen.push(...numbered.products.map(({ id }) => id));
        cursor = numbered.nextCursor;
      }
      expect(seen).toHaveLength(40);
      expect(new Set(seen).size).toBe(40);
    },
  );

  it('beyond a thousand are cut, and the total says so', async () => {
    expect(await search('gizmo', '&inStock=false')).toMatchObject({
      total: 1_000,
      totalIsLowerBound: true,
      totalPages: 50,
    });
    expect(await search('gizmo few', '&inStock=false')).not.toHaveProperty('totalIsLowerBound');
  });

  it('beyond a thousand are still found by a filter or another order', async () => {
    await shop.product({ name: 'Gizmo newest', unitPrice: '0.50' });
    expect(await names('gizmo', '&maxPrice=0.99')).toEqual(['Gizmo newest']);
    expect(await names('gizmo', '&sort=price&limit=1')).toEqual(['Gizmo newest']);
  });
});
