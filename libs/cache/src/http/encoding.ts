import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, type BrotliOptions, constants, gzip, gzipSync } from 'node:zlib';
import type { Encoding, Held } from '../tiers/l1';
import { owned } from '../tiers/owned';

const br = promisify(brotliCompress);
const gz = promisify(gzip);

/** Smaller bodies fit one packet anyway, bytes. */
const WORTH_IT = 1_024;
/** To hand a smaller one to another thread takes longer than to compress it, bytes (`docs/performance.md`). */
const WORTH_A_THREAD = 32_768;

/** Clients send few different headers; whoever sends ever new ones has them read each time. */
const MAX_REMEMBERED = 100;
const chosen = new Map<string, Encoding | undefined>();

/** The best encoding that the client accepts (RFC 9110, section 12.5.3); undefined for none. */
export function encodingFor(acceptEncoding: string | undefined): Encoding | undefined {
  if (!acceptEncoding) return undefined;
  if (chosen.has(acceptEncoding)) return chosen.get(acceptEncoding);
  const encoding = choose(acceptEncoding);
  if (chosen.size < MAX_REMEMBERED) chosen.set(acceptEncoding, encoding);
  return encoding;
}

function choose(acceptEncoding: string): Encoding | undefined {
  const refused = (name: string) =>
    new RegExp(`\\b${name}\\s*;\\s*q=0(\\.0*)?(?![.\\d])`, 'i').test(acceptEncoding);
  for (const name of ['br', 'gzip'] as const) {
    if (new RegExp(`(^|[\\s,])${name}\\b`, 'i').test(acceptEncoding) && !refused(name)) return name;
  }
  return undefined;
}

/** A body as it goes over the wire. */
export interface Variant {
  readonly body: Buffer;
  readonly encoding?: Encoding;
}

/** The variant if it needs no work any more; undefined when it has to be made first. */
export function readyVariant(held: Held, encoding: Encoding | undefined): Variant | undefined {
  const { body } = held.entry;
  if (!encoding || body.length < WORTH_IT) return { body };
  const ready = held.compressed[encoding];
  return ready && { body: ready, encoding };
}

/** The entry's body in this encoding, compressed once per entry; the plain body where it is small. */
export async function encoded(held: Held, encoding: Encoding | undefined): Promise<Variant> {
  const ready = readyVariant(held, encoding);
  if (ready || !encoding) return ready ?? { body: held.entry.body };
  const plain = held.entry.body;
  if (plain.length < WORTH_A_THREAD) {
    const bytes = encoding === 'br' ? brotliCompressSync(plain, brotli(plain)) : gzipSync(plain);
    return { body: (held.compressed[encoding] = owned(bytes)), encoding };
  }
  const body = await (held.compressing[encoding] ??= compress(held, encoding));
  return { body, encoding };
}

const brotli = ({ length }: Buffer): BrotliOptions => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: length },
});

/** The promise is forgotten with its end: for as long as it is kept, it keeps the request that it was made for. */
async function compress(held: Held, encoding: Encoding): Promise<Buffer> {
  const { body } = held.entry;
  try {
    const bytes = await (encoding === 'br' ? br(body, brotli(body)) : gz(body));
    return (held.compressed[encoding] = owned(bytes));
  } finally {
    held.compressing[encoding] = undefined;
  }
}

/** A strong ETag names exact bytes, so each encoding has its own: `"r7.3-abc"` → `"r7.3-abc+br"`. */
export const etagFor = (etag: string, encoding: string | undefined) =>
  encoding && etag ? `${etag.slice(0, -1)}+${encoding}"` : etag;
