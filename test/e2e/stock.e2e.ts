import { admin, customer, service, Shop } from '../support/shop';
import { connect } from '../support/stack';

jest.setTimeout(60_000);

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const move = (changes: unknown, headers?: Record<string, string>, caller = service) =>
  shop.write(caller, 'POST', '/api/products/stock', { changes }, headers);
const quantity = async (slug: string) =>
  (await shop.get<{ quantity: number }>(`/api/products/${slug}`)).body.quantity;
const key = (text: string) => ({ 'idempotency-key': text });

describe('POST /api/products/stock', () => {
  it('adds, takes and sets, by slug and by id, and answers in the order asked', async () => {
    const [a, b, c] = await Promise.all(['A', 'B', 'C'].map((name) => shop.product({ name, quantity: 10 })));
    const reply = await move([
      { slug: c!.slug, delta: -3 },
      { id: a!.id, delta: 5 },
      { slug: b!.slug, set: 0 },
    ]);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      products: [
        { id: c!.id, slug: c!.slug, quantity: 7 },
        { id: a!.id, slug: a!.slug, quantity: 15 },
        { id: b!.id, slug: b!.slug, quantity: 0 },
      ],
    });
    expect(await Promise.all([a, b, c].map((p) => quantity(p!.slug)))).toEqual([15, 0, 7]);
  });

  it('never goes below zero: it names every item there is too little of, and changes none', async () => {
    const rich = await shop.product({ name: 'Rich', quantity: 9 });
    const poor = await shop.product({ name: 'Poor', quantity: 1 });
    const none = await shop.product({ name: 'None', quantity: 0 });
    const reply = await move([
      { slug: rich.slug, delta: -1 },
      { slug: poor.slug, delta: -2 },
      { id: none.id, delta: -1 },
    ]);
    expect(reply.body).toMatchObject({
      status: 409,
      code: 'out_of_stock',
      detail: 'There are only 1 of "poor", 2 were asked for.',
      items: [
        { id: poor.id, slug: 'poor', available: 1, wanted: 2 },
        { id: none.id, slug: 'none', available: 0, wanted: 1 },
      ],
    });
    expect(await quantity(rich.slug)).toBe(9);
  });

  it('sells the last ones once, however many ask at the same time', async () => {
    const one = await shop.product({ name: 'Contended one', quantity: 5 });
    const two = await shop.product({ name: 'Contended two', quantity: 5 });
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, i) => {
        const changes = [
          { slug: one.slug, delta: -1 },
          { slug: two.slug, delta: -1 },
        ];
        // The other way round for every second one: locks are taken by id, so nobody deadlocks.
        return move(i % 2 === 0 ? changes : changes.reverse());
      }),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(7);
    expect([await quantity(one.slug), await quantity(two.slug)]).toEqual([0, 0]);
  });

  it.each([
    ['nothing', []],
    ['neither slug nor id', [{ delta: 1 }]],
    ['both slug and id', [{ slug: 'a', id: 1, delta: 1 }]],
    ['neither delta nor set', [{ slug: 'a' }]],
    ['both delta and set', [{ slug: 'a', delta: 1, set: 1 }]],
    ['a negative stock', [{ slug: 'a', set: -1 }]],
    ['half a product', [{ slug: 'a', delta: 0.5 }]],
    ['an unknown field', [{ slug: 'a', delta: 1, why: 'x' }]],
    ['101 changes', Array.from({ length: 101 }, (_, i) => ({ id: i + 1, delta: 1 }))],
  ])('refuses %s', async (_, changes) => {
    expect((await move(changes)).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('refuses the same product twice, under whatever name', async () => {
    const { id, slug } = await shop.product({ name: 'Twice' });
    const reply = await move([
      { slug, delta: 1 },
      { id, delta: 1 },
    ]);
    expect(reply.body).toMatchObject({ status: 400, errors: [{ field: 'changes.1' }] });
  });

  it('names what is not there', async () => {
    const { slug } = await shop.product({ name: 'There' });
    const reply = await move([
      { slug, delta: 1 },
      { slug: 'not-there', delta: 1 },
      { id: 99_999, delta: 1 },
    ]);
    expect(reply.body).toMatchObject({
      status: 404,
      code: 'product_not_found',
      items: [{ slug: 'not-there' }, { id: 99_999 }],
    });
    expect((await move([{ id: 99_999, delta: 1 }])).body).toMatchObject({
      detail: 'No product has the id 99999.',
    });
    expect(await quantity(slug)).toBe(5);
  });

  it('refuses more than a column holds', async () => {
    const { slug } = await shop.product({ name: 'Full', quantity: 2_147_483_647 });
    expect((await move([{ slug, delta: 1 }])).body).toMatchObject({
      status: 400,
      code: 'value_out_of_range',
    });
  });

  it('is for services and admins', async () => {
    const { slug } = await shop.product({ name: 'Guarded' });
    const changes = [{ slug, delta: 1 }];
    expect((await move(changes, {}, admin)).status).toBe(200);
    expect((await move(changes, {}, customer('c'))).body).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('Idempotency-Key', () => {
  it('answers a repetition with the same answer and changes nothing', async () => {
    const { slug } = await shop.product({ name: 'Once', quantity: 10 });
    const changes = [{ slug, delta: -4 }];
    const first = await move(changes, key('checkout-1'));
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    // Something else happens in between; the answer is still that of then.
    await move([{ slug, delta: -1 }]);
    const again = await move(changes, key('checkout-1'));
    expect(again.headers['idempotency-replayed']).toBe('true');
    // Whoever repeats a request may never have seen the first answer, nor the token that came with it.
    expect(again.headers['x-consistency-token']).toEqual(expect.any(String));
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(await quantity(slug)).toBe(5);
  });

  it('takes one of many at the same time; the others wait for its answer or come back later', async () => {
    const { slug } = await shop.product({ name: 'At once', quantity: 10 });
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => move([{ slug, delta: -1 }], key('checkout-2'))),
    );
    const done = replies.filter(({ status }) => status === 200);
    expect(done.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    for (const { status, body } of replies)
      if (status !== 200) expect(body).toMatchObject({ status: 409, code: 'idempotency_in_progress' });
    expect(await quantity(slug)).toBe(9);
  });

  it('says that the first request is still running', async () => {
    const { slug } = await shop.product({ name: 'Slow', quantity: 10 });
    const other = await connect(shop.api.stack.primary, shop.api.database);
    try {
      await other.query(
        `BEGIN; INSERT INTO idempotency_keys (scope, idemKey, requestHash) VALUES ('dev-service', 'slow', '')`,
      );
      const reply = await move([{ slug, delta: -1 }], key('slow'));
      expect(reply.body).toMatchObject({ status: 409, code: 'idempotency_in_progress' });
      expect(reply.headers['retry-after']).toBe('1');
      await other.query('ROLLBACK');
      expect((await move([{ slug, delta: -1 }], key('slow'))).status).toBe(200);
    } finally {
      await other.end();
    }
  });

  it('refuses another body, and does not mind how the same one is written', async () => {
    const { slug } = await shop.product({ name: 'Hash', quantity: 10 });
    await move([{ slug, delta: -1 }], key('checkout-3'));
    expect((await move([{ delta: -1, slug }], key('checkout-3'))).headers['idempotency-replayed']).toBe(
      'true',
    );
    expect((await move([{ slug, delta: -2 }], key('checkout-3'))).body).toMatchObject({
      status: 422,
      code: 'idempotency_mismatch',
    });
    expect(await quantity(slug)).toBe(9);
  });

  it('tries a request that failed anew', async () => {
    const { slug } = await shop.product({ name: 'Restocked', quantity: 0 });
    expect((await move([{ slug, delta: -1 }], key('checkout-4'))).status).toBe(409);
    await move([{ slug, set: 1 }]);
    expect((await move([{ slug, delta: -1 }], key('checkout-4'))).status).toBe(200);
  });

  it('keeps the keys of different callers apart', async () => {
    const { slug } = await shop.product({ name: 'Shared', quantity: 10 });
    for (const subject of ['till-1', 'till-2'])
      await move([{ slug, delta: -1 }], key('same'), { role: 'service', subject });
    expect(await quantity(slug)).toBe(8);
  });

  it.each(['', ' ', 'two words', 'ä', 'x'.repeat(192)])('refuses the key "%s"', async (text) => {
    const reply = await move([{ id: 1, delta: 1 }], key(text));
    expect(reply.body).toMatchObject({ status: 400, errors: [{ field: 'Idempotency-Key' }] });
  });

  it('forgets keys after a day', async () => {
    const fresh = await Shop.open({ database: shop.api.database });
    const db = await connect(shop.api.stack.primary, shop.api.database);
    try {
      const { slug } = await shop.product({ name: 'Swept', quantity: 10 });
      await db.query(`INSERT INTO idempotency_keys (scope, idemKey, requestHash, response, created_at) VALUES
        ('s', 'old', '', '{}', UTC_TIMESTAMP(3) - INTERVAL 25 HOUR), ('s', 'young', '', '{}', UTC_TIMESTAMP(3) - INTERVAL 23 HOUR)`);
      // A process that has not swept for a minute does so after the first request with a key.
      await fresh.write(
        service,
        'POST',
        '/api/products/stock',
        { changes: [{ slug, delta: -1 }] },
        key('sweeps'),
      );
      const [left] = await db.query(`SELECT idemKey FROM idempotency_keys WHERE scope = 's'`);
      expect(left).toEqual([{ idemKey: 'young' }]);
    } finally {
      await db.end();
      await fresh.close();
    }
  });
});
