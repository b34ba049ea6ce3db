import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { unsharedEntry } from '../engine/types';
import { hold } from '../tiers/l1';
import { encoded, encodingFor, etagFor } from './encoding';

describe('encodingFor', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0,gzip;q=0', undefined],
    ['BR;q=0.5', 'br'],
    ['x-br, brotli', undefined],
  ])('%p → %p', (header, expected) => expect(encodingFor(header)).toBe(expected));
});

describe('encoded', () => {
  const entry = (body: string) =>
    hold(
      unsharedEntry({
        status: 200,
        body: Buffer.from(body),
        contentType: 'x',
        etag: '"e"',
        headers: {},
        ttlS: 1,
      }),
    );
  const long = 'catalogue '.repeat(500);
  const huge = 'catalogue '.repeat(50_000);

  it.each([long, huge])('compresses once and gives the same bytes back', async (text) => {
    const held = entry(text);
    const { body, encoding } = await encoded(held, 'br');
    expect(encoding).toBe('br');
    expect(brotliDecompressSync(body).toString()).toBe(text);
    expect((await encoded(held, 'br')).body).toBe(body);
    expect(gunzipSync((await encoded(held, 'gzip')).body).toString()).toBe(text);
    expect(held.compressing).toEqual({});
  });

  it('compresses once for all who ask meanwhile, and keeps the bytes alone', async () => {
    const held = entry(huge);
    const [a, b] = await Promise.all([encoded(held, 'gzip'), encoded(held, 'gzip')]);
    expect(a.body).toBe(b.body);
    // A promise that stayed would keep the request in whose context it was made.
    expect(held.compressing.gzip).toBeUndefined();
  });

  it('leaves small bodies alone', async () => {
    expect((await encoded(entry('{}'), 'br')).encoding).toBeUndefined();
  });

  it('gives each encoding its own strong ETag', () => {
    expect(etagFor('"r3-abc"', 'br')).toBe('"r3-abc+br"');
    expect(etagFor('"r3-abc"', undefined)).toBe('"r3-abc"');
  });
});
