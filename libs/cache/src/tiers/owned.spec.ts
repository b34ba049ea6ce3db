import { gzipSync } from 'node:zlib';
import { hold } from './l1';
import { fromStored, type StoredEntry } from './entry';
import { owned } from './owned';
import { unsharedEntry } from '../engine/types';
import { encoded } from '../http/encoding';

const text = 'catalogue '.repeat(150);
const loaded = { status: 200, contentType: 'x', etag: '', headers: {}, ttlS: 1 };
const memory = ({ buffer }: Buffer): number => buffer.byteLength;

it('copies slices, and nothing else', () => {
  const pooled = Buffer.from(text);
  expect(memory(pooled)).toBeGreaterThan(pooled.length);
  expect(owned(pooled)).toEqual(pooled);
  expect(memory(owned(pooled))).toBe(pooled.length);
  expect(memory(gzipSync(text))).toBeGreaterThan(gzipSync(text).length);
  const own = Buffer.alloc(10);
  expect(owned(own)).toBe(own);
});

it('holds of an entry no more than its bytes, wherever it comes from', async () => {
  const stored = { body: Buffer.from(text) } as StoredEntry;
  for (const entry of [fromStored(stored), unsharedEntry({ ...loaded, body: Buffer.from(text) })]) {
    expect(entry.body.toString()).toBe(text);
    expect(memory(entry.body)).toBe(text.length);
    const { body } = await encoded(hold(entry), 'gzip');
    expect(memory(body)).toBe(body.length);
  }
});
