import { admin, customer, Shop } from '../support/shop';

jest.setTimeout(60_000);

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const make = (body: unknown, headers?: Record<string, string>) =>
  shop.write(admin, 'POST', '/api/products', body, headers);
const change = (slug: string, body: unknown, headers?: Record<string, string>) =>
  shop.write(admin, 'PATCH', `/api/products/${encodeURIComponent(slug)}`, body, headers);
const read = (slug: string) => shop.get(`/api/products/${encodeURIComponent(slug)}`);

describe('POST /api/products', () => {
  it('makes a product with everything it was given, and says where it is', async () => {
    const parent = await shop.category('Clothes');
    const category = await shop.category('Shirts', parent.id);
    const reply = await make({
      name: 'Blue shirt',
      description: 'A shirt that is blue',
      long_description: '<p>Long</p>',
      thumbnail: 'https://cdn.example.com/blue.jpg',
      images: [{ url: '/images/blue.jpg', alt: 'From the front' }, { url: '/images/back.jpg' }],
      specs: { Material: 'Cotton', Sizes: ['S', 'M'] },
      unitPrice: 25,
      updatedPrice: '19.99',
      quantity: 3,
      categoryId: category.id,
    });
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe('/api/products/blue-shirt');
    expect(reply.headers['x-consistency-token']).toEqual(expect.any(String));
    const detail = await read('blue-shirt');
    expect(detail.text).toBe(reply.text);
    expect(detail.body).toEqual({
      id: expect.any(Number),
      name: 'Blue shirt',
      slug: 'blue-shirt',
      thumbnail: 'https://cdn.example.com/blue.jpg',
      unitPrice: 25,
      updatedPrice: 19.99,
      hasDiscount: true,
      quantity: 3,
      categoryId: category.id,
      categoryName: 'Shirts',
      reviewCount: 0,
      rating: 0,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      description: 'A shirt that is blue',
      long_description: '<p>Long</p>',
      images: [
        { url: '/images/blue.jpg', alt: 'From the front' },
        { url: '/images/back.jpg', alt: null },
      ],
      specs: { Material: 'Cotton', Sizes: ['S', 'M'] },
      categoryPath: [
        { id: parent.id, name: 'Clothes', slug: 'clothes' },
        { id: category.id, name: 'Shirts', slug: 'shirts' },
      ],
      rev: 0,
      updated_at: expect.any(String),
    });
    expect(detail.headers.etag).toMatch(/^"r\d+\.0-/);
  });

  it('makes a product of a name and a price alone', async () => {
    const { body } = await make({ name: 'Plain', unitPrice: '7' });
    expect(body).toMatchObject({
      slug: 'plain',
      updatedPrice: 7,
      hasDiscount: false,
      quantity: 0,
      categoryId: null,
    });
    expect(body).toMatchObject({
      images: [],
      specs: {},
      categoryPath: [],
      categoryName: null,
      description: null,
    });
  });

  it('gives every product of the same name a slug of its own, in any script', async () => {
    const slugs = await Promise.all(
      [1, 2, 3].map(async () => (await shop.product({ name: 'জামদানি শাড়ি' })).slug),
    );
    const base = 'জামদানি-শাড়ি'.normalize('NFC');
    expect(slugs.sort()).toEqual([base, `${base}-2`, `${base}-3`]);
    expect((await read(base)).body).toMatchObject({ name: 'জামদানি শাড়ি' });
    expect((await make({ name: '???', unitPrice: 1 })).headers.location).toBe('/api/products/product');
  });

  // Byte by byte, because JSON.parse would make a float of it first.
  it.each(['0.1', '1234567890.12', '19.99', '0.00', '9999999999.99', '0.07', '4.35'])(
    'keeps the price %s exactly',
    async (price) => {
      const asNumber = await shop.write(admin, 'POST', '/api/products', {
        name: 'Exact',
        unitPrice: Number(price),
      });
      const asText = await make({ name: 'Exact', unitPrice: price });
      const [whole, rest = ''] = price.split('.');
      const digits = `${whole}.${rest.padEnd(2, '0')}`;
      for (const reply of [asNumber, asText]) {
        expect(reply.text).toContain(`"unitPrice":${digits},"updatedPrice":${digits},`);
        expect((await read(String(reply.body['slug']))).text).toContain(
          `"unitPrice":${digits},"updatedPrice":${digits},`,
        );
      }
    },
  );

  it.each([
    ['no name', { unitPrice: 1 }, ['name']],
    ['no price', { name: 'x' }, ['unitPrice']],
    ['a negative price', { name: 'x', unitPrice: -1 }, ['unitPrice']],
    ['a third decimal', { name: 'x', unitPrice: '1.005' }, ['unitPrice']],
    ['too large a price', { name: 'x', unitPrice: '10000000000' }, ['unitPrice']],
    ['a negative quantity', { name: 'x', unitPrice: 1, quantity: -1 }, ['quantity']],
    ['half a product', { name: 'x', unitPrice: 1, quantity: 0.5 }, ['quantity']],
    ['a category that is not there', { name: 'x', unitPrice: 1, categoryId: 99_999 }, ['categoryId']],
    [
      'hasDiscount, which follows from the prices',
      { name: 'x', unitPrice: 1, hasDiscount: true },
      ['hasDiscount'],
    ],
    ['a slug that would be a path', { name: 'x', unitPrice: 1, slug: 'a/b' }, ['slug']],
    [
      'a script for a thumbnail',
      { name: 'x', unitPrice: 1, thumbnail: 'javascript:alert(1)' },
      ['thumbnail'],
    ],
    ['several mistakes', { name: '', unitPrice: 'free', quantity: 'few' }, ['name', 'unitPrice', 'quantity']],
  ])('refuses %s and names the field', async (_, body, fields) => {
    const reply = await make(body);
    expect(reply.status).toBe(400);
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(reply.body).toMatchObject({ code: 'validation_failed' });
    expect((reply.body['errors'] as { field: string }[]).map(({ field }) => field).sort()).toEqual(
      [...fields].sort(),
    );
  });

  it('refuses a slug that is taken', async () => {
    await shop.product({ name: 'Taken', slug: 'taken' });
    expect((await make({ name: 'Other', unitPrice: 1, slug: 'taken' })).body).toMatchObject({
      status: 409,
      code: 'slug_taken',
    });
  });

  it('is for admins', async () => {
    const body = { name: 'x', unitPrice: 1 };
    expect((await shop.write(customer('c'), 'POST', '/api/products', body)).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    const anonymous = await shop.api.inject({ method: 'POST', url: '/api/products', payload: body });
    expect(anonymous.statusCode).toBe(401);
  });
});

describe('PATCH /api/products/:slug', () => {
  it('changes what it is given and nothing else', async () => {
    const { slug } = await shop.product({ name: 'Lamp', description: 'Old', specs: { A: '1' }, quantity: 2 });
    const before = (await read(slug)).body;
    const reply = await change(slug, { description: 'New', quantity: 4 });
    expect(reply.body).toEqual({
      ...before,
      description: 'New',
      quantity: 4,
      rev: 1,
      updated_at: expect.any(String),
    });
    expect((await read(slug)).text).toBe(reply.text);
  });

  it.each([
    ['a list price alone moves the price along', { unitPrice: '12.00' }, {}, ['12.00', '12.00', false]],
    [
      'a list price alone leaves a discounted price',
      { unitPrice: '12.00' },
      { updatedPrice: '8.00' },
      ['12.00', '8.00', true],
    ],
    ['a lower price is a discount', { updatedPrice: '9.99' }, {}, ['10.00', '9.99', true]],
    ['null ends the discount', { updatedPrice: null }, { updatedPrice: '8.00' }, ['10.00', '10.00', false]],
    ['a price above the list price is none', { updatedPrice: '11.00' }, {}, ['10.00', '11.00', false]],
  ])('%s', async (_, changes, given, [unit, paid, discount]) => {
    const { slug } = await shop.product({ name: 'Priced', unitPrice: '10.00', ...given });
    expect((await change(slug, changes)).text).toContain(
      `"unitPrice":${String(unit)},"updatedPrice":${String(paid)},"hasDiscount":${String(discount)}`,
    );
  });

  it('compares If-Match with the revision', async () => {
    const { slug } = await shop.product({ name: 'Guarded' });
    const { etag = '' } = (await read(slug)).headers;
    const first = await change(slug, { name: 'Guarded 1' }, { 'if-match': etag });
    expect(first.status).toBe(200);
    expect((await change(slug, { name: 'Guarded 2' }, { 'if-match': etag })).body).toMatchObject({
      status: 412,
      code: 'precondition_failed',
    });
    expect((await change(slug, { name: 'Guarded 2' }, { 'if-match': first.headers.etag ?? '' })).status).toBe(
      200,
    );
  });

  it('takes no ETag of a product that had the slug before', async () => {
    const deleted = await shop.product({ name: 'Deleted', slug: 'reused' });
    const tags = [(await read('reused')).headers.etag ?? ''];
    await shop.write(admin, 'DELETE', '/api/products/reused');
    const renamed = await make({ name: 'Renamed', unitPrice: 1, slug: 'reused' });
    tags.push(renamed.headers.etag ?? '', (await read('reused')).headers.etag ?? '');
    await change('reused', { slug: 'reused-2' });
    const present = await shop.product({ name: 'Present', slug: 'reused' });
    // The same slug and the same revision, three times.
    expect([deleted.rev, renamed.body['rev'], present.rev]).toEqual([0, 0, 0]);
    for (const etag of [...tags, `W/${tags[0]}`, tags.join(', ')]) {
      expect(await change('reused', { name: 'Lost' }, { 'if-match': etag })).toMatchObject({
        status: 412,
        body: { code: 'precondition_failed' },
      });
    }
    const url = '/api/products/reused';
    expect((await shop.write(admin, 'DELETE', url, undefined, { 'if-match': tags[0]! })).status).toBe(412);
    const { etag = '' } = (await read('reused')).headers;
    expect((await change('reused', { name: 'Kept' }, { 'if-match': `W/"x", W/${etag}` })).status).toBe(200);
    expect((await change('reused', { name: 'Kept too' }, { 'if-match': '*' })).status).toBe(200);
  });

  it('leaves the revision alone when nothing changes', async () => {
    const { slug } = await shop.product({ name: 'Same' });
    expect((await change(slug, { name: 'Same' })).body).toMatchObject({ rev: 0 });
    expect((await change(slug, {})).body).toMatchObject({ rev: 0 });
  });

  it('is found by its new words, and no longer by the old ones', async () => {
    const { slug } = await shop.product({ name: 'Zanzibar rug' });
    await change(slug, { name: 'Casablanca rug' });
    const found = async (q: string) => (await shop.get<{ total: number }>(`/api/products?q=${q}`)).body.total;
    expect(await found('casablanca')).toBe(1);
    expect(await found('zanzibar')).toBe(0);
  });

  it('refuses what is wrong', async () => {
    const { slug } = await shop.product({ name: 'Strict' });
    await shop.product({ name: 'Neighbour', slug: 'neighbour' });
    expect((await change(slug, { slug: 'neighbour' })).body).toMatchObject({
      status: 409,
      code: 'slug_taken',
    });
    expect((await change(slug, { categoryId: 99_999 })).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
    });
    expect((await change(slug, { nmae: 'x' })).body).toMatchObject({ errors: [{ field: 'nmae' }] });
    expect((await change('nowhere', { name: 'x' })).body).toMatchObject({
      status: 404,
      code: 'product_not_found',
    });
  });

  it('takes one of two at the same time with the same If-Match', async () => {
    const { id, slug } = await shop.product({ name: 'Contended' });
    const both = await Promise.all(
      ['A', 'B'].map((name) => change(slug, { name }, { 'if-match': `"r${id}.0"` })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
});

describe('a renamed slug', () => {
  it('redirects from all former addresses to the present one, for reading and writing', async () => {
    await shop.product({ name: 'First name', slug: 'first' });
    await change('first', { slug: 'second' });
    await change('second', { slug: 'third / 3'.replace(' / ', '-') });
    for (const former of ['first', 'second']) {
      const moved = await read(former);
      expect([moved.status, moved.headers.location]).toEqual([301, '/api/products/third-3']);
      const reviews = await shop.get(`/api/products/${former}/reviews`);
      expect([reviews.status, reviews.headers.location]).toEqual([301, '/api/products/third-3/reviews']);
      const written = await change(former, { name: 'x' });
      expect([written.status, written.headers.location]).toEqual([308, '/api/products/third-3']);
    }
    expect((await read('third-3')).status).toBe(200);
  });

  it('goes back to an earlier name', async () => {
    await shop.product({ name: 'There and back', slug: 'there' });
    await change('there', { slug: 'back' });
    await change('back', { slug: 'there' });
    expect((await read('there')).status).toBe(200);
    expect((await read('back')).headers.location).toBe('/api/products/there');
  });

  it('gives way to a product that wants the address, and is not made up for another one', async () => {
    await shop.product({ name: 'Old owner', slug: 'plot' });
    await change('plot', { slug: 'moved-away' });
    expect((await shop.product({ name: 'Plot' })).slug).toBe('plot-2');
    expect((await read('plot')).status).toBe(301);
    await shop.product({ name: 'New owner', slug: 'plot' });
    expect((await read('plot')).body).toMatchObject({ name: 'New owner' });
  });

  it('percent-encodes the new address', async () => {
    await shop.product({ name: 'x', slug: 'sari' });
    await change('sari', { slug: 'শাড়ি'.normalize('NFC') });
    expect((await read('sari')).headers.location).toBe(
      `/api/products/${encodeURIComponent('শাড়ি'.normalize('NFC'))}`,
    );
  });
});

describe('DELETE /api/products/:slug', () => {
  it('deletes it with its reviews and its former addresses', async () => {
    const { slug } = await shop.product({ name: 'Doomed', slug: 'doomed' });
    await change(slug, { slug: 'doomed-2' });
    await shop.write(customer('d'), 'POST', '/api/products/doomed-2/reviews', { rating: 5 });
    const reply = await shop.write(admin, 'DELETE', '/api/products/doomed-2');
    expect([reply.status, reply.text]).toEqual([204, '']);
    for (const gone of ['doomed', 'doomed-2', 'doomed-2/reviews']) {
      expect((await shop.get(`/api/products/${gone}`)).body).toMatchObject({
        status: 404,
        code: 'product_not_found',
      });
    }
  });

  it('compares If-Match, and knows what is not there', async () => {
    const { id, slug } = await shop.product({ name: 'Kept' });
    const url = `/api/products/${slug}`;
    expect((await shop.write(admin, 'DELETE', url, undefined, { 'if-match': `"r${id}.9"` })).status).toBe(
      412,
    );
    expect((await shop.write(customer('c'), 'DELETE', url)).status).toBe(403);
    expect((await shop.write(admin, 'DELETE', url, undefined, { 'if-match': `"r${id}.0"` })).status).toBe(
      204,
    );
    expect((await shop.write(admin, 'DELETE', url)).status).toBe(404);
  });
});
