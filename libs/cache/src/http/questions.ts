import type { AppConfig } from '@prior/config';
import {
  etagOf,
  getAnswerWriter,
  JSON_CONTENT_TYPE,
  type LoadContext,
  Moved,
  Problem,
  workClassOf,
} from '@prior/http';
import { compile, type ZodType } from 'zod';
import type { CachedQuestion, Loaded } from '../engine/types';
import { EVERYTHING } from '../protocol/everything';
import type { CachedInput, CachedOptions, RawParams } from './cached.decorator';
import { canonicalKey } from './canonical-key';
import type { NegativeBody } from './responder';

/** Seconds that a 404 is kept: it carries tags, so creating the thing drops it at once. */
const NEGATIVE_TTL_S = 5;

/** A handler that wears `@Cached`, and where it is. */
export interface CachedRoute {
  /** The route's pattern, `/api/products/:slug`. */
  readonly route: string;
  readonly handler: object;
  readonly options: CachedOptions;
}

/** Who asks, and what is known of that. */
export interface Asker extends Pick<CachedQuestion, 'consistency' | 'signal' | 'look'> {
  readonly userAgent: string | undefined;
}

const compiled = new Map<ZodType, ZodType>();

/** A schema that reads the same in half the time: for what is read for each question, valid or not. */
function quick<Schema extends ZodType>(schema: Schema): Schema {
  let known = compiled.get(schema);
  if (!known) compiled.set(schema, (known = compile(schema)));
  return known as Schema;
}

/** What a request asks of a cached handler: undefined when it does not validate, which is the pipes' to answer. */
export function inputOf(
  { params, query }: CachedOptions,
  sent: { readonly params: RawParams; readonly query: unknown },
): CachedInput | undefined {
  const where = params ? quick(params).safeParse(sent.params) : { success: true, data: sent.params };
  const what = query ? quick(query).safeParse(sent.query) : { success: true, data: {} };
  return where.success && what.success ? { params: where.data!, query: what.data } : undefined;
}

/** Key and tags of a question, which never change. */
export function nameOf(
  { route, options }: CachedRoute,
  input: CachedInput,
): Pick<CachedQuestion, 'key' | 'tags'> {
  return {
    key: canonicalKey(route, input.params, input.query as Record<string, unknown>),
    // (A spread would leave room for more, in each entry.)
    tags: options.tags(input).concat(EVERYTHING),
  };
}

/** Makes questions for the cache, whichever way a request came. */
export class Questions {
  constructor(private readonly ttl: Pick<AppConfig['cache'], 'ttlDetailS' | 'ttlListS'>) {}

  /**
   * @param name of the question, as {@link nameOf} makes it
   * @param call the handler with this input, for one load
   */
  of(
    route: CachedRoute,
    name: Pick<CachedQuestion, 'key' | 'tags'>,
    input: CachedInput,
    { userAgent, consistency, signal, look }: Asker,
    call: (context: LoadContext) => Promise<unknown>,
  ): CachedQuestion {
    const { options } = route;
    const kind = options.workClass?.(input) ?? (options.ttl === 'detail' ? 'detail' : 'list');
    const workClass = workClassOf('GET', userAgent, kind);
    const load = (context: LoadContext) => this.load(route, input, () => call(context));
    return { key: name.key, tags: name.tags, consistency, signal, workClass, look, load };
  }

  private async load(
    { handler, options }: CachedRoute,
    input: CachedInput,
    call: () => Promise<unknown>,
  ): Promise<Loaded> {
    const ttlS = options.ttl === 'detail' ? this.ttl.ttlDetailS : this.ttl.ttlListS;
    try {
      const value = await call();
      const write = getAnswerWriter(handler);
      if (!write) throw new Error('A @Cached handler needs @Answer: the cache keeps finished bytes.');
      const body = Buffer.from(write(value));
      const etag = etagOf(body);
      const prefix = options.etagPrefix?.(value) ?? '';
      return {
        status: 200,
        body,
        contentType: JSON_CONTENT_TYPE,
        etag: `"${prefix}${etag.slice(1)}`,
        headers: options.headers?.(value, input) ?? {},
        ttlS,
      };
    } catch (error) {
      return negative(error, ttlS);
    }
  }
}

/** What is not there, or has moved, is an answer too. @throws anything else */
function negative(error: unknown, ttlS: number): Loaded {
  const base = { contentType: JSON_CONTENT_TYPE, etag: '', headers: {} };
  if (error instanceof Problem && error.getStatus() === 404) {
    const body: NegativeBody = { code: error.code, detail: error.detail };
    return { ...base, status: 404, body: Buffer.from(JSON.stringify(body)), ttlS: NEGATIVE_TTL_S };
  }
  if (error instanceof Moved) {
    return { ...base, status: 301, body: Buffer.alloc(0), headers: { location: error.location }, ttlS };
  }
  throw error;
}
