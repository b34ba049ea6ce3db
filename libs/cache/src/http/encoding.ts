import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Held } from '../tiers/l1';

const br = promisify(brotliCompress);
const gz = promisify(gzip);

/** Smaller bodies fit one packet anyway, bytes. */
const WORTH_IT = 1_024;

/** Clients send few different headers; whoever sends ever new ones has them read each time. */
const MAX_REMEMBERED = 100;
const chosen = new Map<string, 'br' | 'gzip' | undefined>();

/** The best encoding that the client accepts (RFC 9110, section 12.5.3); undefined for none. */
export function encodingFor(acceptEncoding: string | undefined): 'br' | 'gzip' | undefined {
  if (!acceptEncoding) return undefined;
  if (chosen.has(acceptEncoding)) return chosen.get(acceptEncoding);
  const encoding = choose(acceptEncoding);
  if (chosen.size < MAX_REMEMBERED) chosen.set(acceptEncoding, encoding);
  return encoding;
}

function choose(acceptEncoding: string): 'br' | 'gzip' | undefined {
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
  readonly encoding?: 'br' | 'gzip';
}

/** The variant if it needs no work any more; undefined when it has to be made first. */
export function readyVariant(held: Held, encoding: 'br' | 'gzip' | undefined): Variant | undefined {
  const { body } = held.entry;
  if (!encoding || body.length < WORTH_IT) return { body };
  const ready = held.ready.get(encoding);
  return ready && { body: ready, encoding };
}

/** The entry's body in this encoding, compressed once per entry off the main thread; the plain body where it is small. */
export async function encoded(held: Held, encoding: 'br' | 'gzip' | undefined): Promise<Variant> {
  const { body } = held.entry;
  if (!encoding || body.length < WORTH_IT) return { body };
  let variant = held.variants.get(encoding);
  if (!variant) {
    variant =
      encoding === 'br'
        ? br(body, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
          })
        : gz(body);
    held.variants.set(encoding, variant);
    void variant.then((bytes) => held.ready.set(encoding, bytes)).catch(() => held.variants.delete(encoding));
  }
  return { body: await variant, encoding };
}

/** A strong ETag names exact bytes, so each encoding has its own: `"r3-abc"` → `"r3-abc+br"`. */
export const etagFor = (etag: string, encoding: string | undefined) =>
  encoding && etag ? `${etag.slice(0, -1)}+${encoding}"` : etag;
