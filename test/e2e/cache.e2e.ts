import { brotliDecompressSync } from 'node:zlib';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { Cached, Load } from '@prior/cache';
import { Answer, type LoadContext, queryInt, Roles } from '@prior/http';
import { z } from 'zod';
import { startApp, type TestApp } from '../support/app';
import { NotesModule, NotesProbe, notesTable } from '../support/notes-feature';
import { migratedDatabase } from '../support/migrated';
import { connect, dropDatabase, getStack } from '../support/stack';

/** The cache through the very application, with a feature that does nothing else. */
describe('cache', () => {
  const stack = getStack();
  const [probeA, probeB] = [new NotesProbe(), new NotesProbe()];
  let database: string;
  /** Two workers: each its own L1, one Redis. */
  let a: TestApp;
  let b: TestApp;

  const start = (probe: NotesProbe, env: Record<string, string> = {}) =>
    startApp({ stack, database, modules: [NotesModule.with(probe)], env });
  const read = (app: TestApp, url: string, headers: Record<string, string> = {}) =>
    app.inject({ method: 'GET', url: `/api/notes${url}`, headers });
  const write = (app: TestApp, slug: string, text: string) =>
    app.inject({ method: 'POST', url: `/api/notes/${slug}`, payload: { text } });
  const textOf = async (app: TestApp, slug: string, headers?: Record<string, string>) =>
    (await read(app, `/${slug}`, headers)).json<{ text?: string }>().text;
  const eventually = async (look: () => Promise<boolean>) => {
    for (let i = 0; i < 100; i += 1) {
      if (await look()) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  };

  beforeAll(async () => {
    database = await migratedDatabase(stack);
    const connection = await connect(stack.primary, database);
    await connection.query(notesTable);
    await connection.end();
    a = await start(probeA);
    b = await start(probeB);
  });
  afterAll(async () => {
    await a.close();
    await b.close();
    await dropDatabase(stack, database);
  });
  afterEach(() => {
    for (const probe of [probeA, probeB])
      Object.assign(probe, { loads: 0, afterRead: () => Promise.resolve() });
  });

  it('loads once, then answers from memory, then in another worker from Redis', async () => {
    await write(a, 'first', 'one');
    const miss = await read(a, '/first');
    expect(miss.headers).toMatchObject({
      'x-cache': 'MISS',
      vary: expect.stringContaining('Accept-Encoding'),
    });
    expect(miss.headers['cache-control']).toBe(
      'public, max-age=30, s-maxage=30, stale-while-revalidate=60, stale-if-error=300',
    );
    expect(miss.headers['cache-tag']).toBe('note:first,all');
    const hit = await read(a, '/first');
    expect(hit.headers['x-cache']).toBe('HIT');
    expect(hit.headers['cache-status']).toMatch(/^Prior; hit; ttl=\d+; detail=l1$/);
    expect(hit.body).toBe(miss.body);
    expect((await read(b, '/first')).headers['cache-status']).toMatch(/detail=l2/);
    expect([probeA.loads, probeB.loads]).toEqual([1, 0]);
  });

  it('answers 304, HEAD and compressed bodies from the same entry', async () => {
    await write(a, 'long', 'x'.repeat(150));
    for (let i = 0; i < 20; i += 1) await write(a, `long-${i}`, 'y'.repeat(150));
    const plain = await read(a, '?limit=30', { 'x-consistency-token': '' });
    const compressed = await read(a, '?limit=30', { 'accept-encoding': 'br' });
    expect(compressed.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(compressed.rawPayload).toString()).toBe(plain.body);
    expect(compressed.headers.etag).not.toBe(plain.headers.etag);
    for (const accept of ['br', 'identity']) {
      const { etag } = (accept === 'br' ? compressed : plain).headers;
      // Twice: the first goes the long way, the second is answered early.
      for (let i = 0; i < 2; i += 1) {
        const again = await read(a, '?limit=30', {
          'accept-encoding': accept,
          'if-none-match': String(etag),
        });
        expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
      }
    }
    const head = await a.inject({ method: 'HEAD', url: '/api/notes?limit=30' });
    expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([
      200,
      '',
      String(plain.body.length),
    ]);
  });

  it('is not fragmented by parameters that it does not know, nor by the order of those it does', async () => {
    // The lists that the test before has written are dropped by then: within half a second.
    await new Promise((resolve) => setTimeout(resolve, 600));
    await read(a, '?limit=7');
    const before = probeA.loads;
    for (const url of ['?utm_source=x&limit=7', '?limit=7&fbclid=1', '?limit=07']) {
      expect((await read(a, url)).headers['x-cache']).toBe('HIT');
    }
    expect(probeA.loads).toBe(before);
    expect((await read(a, '?limit=0')).statusCode).toBe(400);
  });

  it('gives the same content to whoever has credentials, for nobody to keep', async () => {
    await write(a, 'mine', 'yours');
    await read(a, '/mine');
    const answer = await read(a, '/mine', await a.signIn('customer'));
    expect(answer.json()).toEqual({ slug: 'mine', text: 'yours' });
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(answer.headers['cache-tag']).toBeUndefined();
  });

  it('shows a write at once to its writer, in every worker, and to everybody within the promise', async () => {
    await write(a, 'rw', 'old');
    await textOf(a, 'rw');
    await textOf(b, 'rw');
    const written = await write(a, 'rw', 'new');
    const token = String(written.headers['x-consistency-token']);
    expect(written.headers['set-cookie']).toMatch(/^prior_ct=.*HttpOnly; SameSite=Lax$/);
    expect(await textOf(b, 'rw', { 'x-consistency-token': token })).toBe('new');
    expect(await textOf(b, 'rw', { cookie: `x=1; prior_ct=${token}` })).toBe('new');
    expect((await read(b, '/rw', { 'x-consistency-token': token })).headers['cache-control']).toBe(
      'private, no-store',
    );
    expect(await textOf(a, 'rw')).toBe('new');
    expect(await eventually(async () => (await textOf(b, 'rw')) === 'new')).toBe(true);
  });

  it('shows a busy list changed to the token at once, to others a little later', async () => {
    await write(a, 'busy', 'old');
    await new Promise((resolve) => setTimeout(resolve, 600));
    const has = (body: string, text: string) => body.includes(`"slug":"busy","text":"${text}"`);
    expect(has((await read(a, '?limit=99')).body, 'old')).toBe(true);
    const token = String((await write(a, 'busy', 'new')).headers['x-consistency-token']);
    const strict = await read(a, '?limit=99', { 'x-consistency-token': token });
    expect(has(strict.body, 'new')).toBe(true);
    expect(strict.headers['cache-status']).toMatch(/detail=pending/);
    expect(await eventually(async () => has((await read(a, '?limit=99')).body, 'new'))).toBe(true);
  });

  it('remembers that something is missing, until it is made', async () => {
    expect((await read(a, '/absent')).statusCode).toBe(404);
    const again = await read(a, '/absent');
    expect([again.statusCode, again.headers['x-cache']]).toEqual([404, 'HIT']);
    expect(again.json()).toMatchObject({ code: 'not_found', requestId: again.headers['x-request-id'] });
    expect(probeA.loads).toBe(1);
    await write(b, 'absent', 'here');
    expect(await eventually(async () => (await textOf(a, 'absent')) === 'here')).toBe(true);
  });

  it('R1: rows that were read before a write are never stored after it', async () => {
    await write(a, 'race', 'old');
    let finish: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => {
      probeA.afterRead = () => (resolve(), new Promise((done) => (finish = () => done(undefined))));
    });
    const slow = textOf(a, 'race');
    await reading;
    probeA.afterRead = () => Promise.resolve();
    await write(b, 'race', 'new');
    finish();
    expect(await slow).toBe('old'); // it began before the write
    expect(await textOf(b, 'race')).toBe('new');
    expect(await eventually(async () => (await textOf(a, 'race')) === 'new')).toBe(true);
    expect(await textOf(a, 'race')).toBe('new');
  });

  it('loads once for any number of requests to both workers', async () => {
    await write(a, 'crowd', 'x');
    // The other worker's drain may publish the write a second time, and a load must not be in between.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const slowly = () => new Promise((resolve) => setTimeout(resolve, 100));
    Object.assign(probeA, { afterRead: slowly });
    Object.assign(probeB, { afterRead: slowly });
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => read(i % 2 ? a : b, '/crowd')));
    expect(new Set(all.map((answer) => answer.body)).size).toBe(1);
    expect(probeA.loads + probeB.loads).toBe(1);
  });

  it('forgets a load that failed', async () => {
    await write(a, 'flaky', 'x');
    probeA.afterRead = () => Promise.reject(new Error('broken'));
    expect((await read(a, '/flaky')).statusCode).toBe(500);
    probeA.afterRead = () => Promise.resolve();
    expect((await read(a, '/flaky')).statusCode).toBe(200);
  });

  it('a forged token changes nothing', async () => {
    await write(a, 'forged', 'x');
    await read(a, '/forged');
    const answer = await read(a, '/forged', { 'x-consistency-token': '1.zzzzzzzz.u.AAAAAAAAAAAAAAAAAAAAAA' });
    expect(answer.headers).toMatchObject({
      'x-cache': 'HIT',
      'cache-control': expect.stringMatching(/^public/),
    });
  });

  it('answers without Redis, and writes succeed with a token that bypasses every cache', async () => {
    const lonely = await start(new NotesProbe(), { REDIS_URL: 'redis://127.0.0.1:1' });
    try {
      const written = await write(lonely, 'redisless', 'x');
      expect(written.statusCode).toBe(201);
      const answer = await read(lonely, '/redisless');
      expect([answer.statusCode, answer.headers['x-cache']]).toEqual([200, 'BYPASS']);
      const token = String(written.headers['x-consistency-token']);
      const bypass = await read(b, '/redisless', { 'x-consistency-token': token });
      expect(bypass.headers['cache-status']).toMatch(/fwd=bypass; detail=unpublished-write/);
    } finally {
      await lonely.close();
    }
  });

  it('another worker publishes what a writer without Redis left behind', async () => {
    await write(a, 'orphan', 'old');
    expect(await textOf(a, 'orphan')).toBe('old');
    const lonely = await start(new NotesProbe(), { REDIS_URL: 'redis://127.0.0.1:1' });
    try {
      await write(lonely, 'orphan', 'new');
      expect(await eventually(async () => (await textOf(a, 'orphan')) === 'new')).toBe(true);
      expect(await textOf(b, 'orphan')).toBe('new');
    } finally {
      await lonely.close();
    }
  });

  it('refuses at start a handler that is both cached and guarded', async () => {
    @Controller('secret')
    class SecretController {
      @Get()
      @Roles('admin')
      @Answer(z.object({}))
      @Cached({ ttl: 'list', tags: () => [] })
      all(): Record<string, never> {
        return {};
      }
    }
    @Module({ controllers: [SecretController] })
    class SecretModule {}
    await expect(startApp({ stack, database, modules: [SecretModule] })).rejects.toThrow(
      /SecretController\.all/,
    );
  });

  it('refuses at start a handler whose reads could not say that they are not proven', async () => {
    @Controller('careless')
    class CarelessController {
      @Get()
      @Answer(z.object({}))
      @Cached({ ttl: 'list', tags: () => [] })
      all(): Record<string, never> {
        return {};
      }
    }
    @Module({ controllers: [CarelessController] })
    class CarelessModule {}
    await expect(startApp({ stack, database, modules: [CarelessModule] })).rejects.toThrow(
      /@Cached without @Load: CarelessController\.all/,
    );
  });

  describe('a path parameter with a schema', () => {
    const where = z.object({ id: queryInt({ min: 1, max: 9 }) });
    const asked: number[] = [];

    function moduleOf(params: typeof where | undefined) {
      @Controller('numbers')
      class NumbersController {
        @Get(':id')
        @Answer(z.object({ id: z.int() }))
        @Cached({ ttl: 'detail', params, tags: (input) => [`number:${String(input.params.id)}`] })
        one(@Param('id', { schema: where.shape.id }) id: number, @Load() _load: LoadContext): { id: number } {
          asked.push(id);
          return { id };
        }
      }
      @Module({ controllers: [NumbersController] })
      class NumbersModule {}
      return NumbersModule;
    }

    it('is one question in all its spellings, and a bad one is refused before anything is loaded', async () => {
      const app = await startApp({ stack, database, modules: [moduleOf(where)] });
      try {
        const answers = [];
        for (const id of ['1', '01', '001', '0x1']) answers.push(await app.inject(`/api/numbers/${id}`));
        expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 400]);
        expect(answers[1]!.headers['x-cache']).toBe('HIT');
        expect(asked).toEqual([1]);
      } finally {
        await app.close();
      }
    });

    it('is refused at start where the cache would not read it so', async () => {
      await expect(startApp({ stack, database, modules: [moduleOf(undefined)] })).rejects.toThrow(
        /NumbersController\.one.*give @Cached the same schema/,
      );
    });
  });
});
