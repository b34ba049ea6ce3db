import createClient, { type Client, type ClientOptions, type Middleware } from 'openapi-fetch';
import { consistency } from './consistency';
import { type RetryOptions, retrying } from './retry';
import type { components, paths } from './schema.gen';

export type { components, operations, paths } from './schema.gen';
export { consistency } from './consistency';
export { retrying, type RetryOptions } from './retry';

type Schemas = components['schemas'];
export type Product = Schemas['Product'];
export type ProductSummary = Schemas['ProductSummary'];
export type Problem = Schemas['Problem'];

export type PriorClient = Client<paths>;

export interface PriorClientOptions extends Omit<ClientOptions, 'baseUrl'> {
  /** Where the API is, without `/api`: `https://api.example.com`. */
  readonly baseUrl: string;
  /** Asked for every request; undefined for somebody who has not signed in. Browsers with the cookie need none. */
  readonly accessToken?: () => string | undefined | Promise<string | undefined>;
  /** `false` hands every refusal to the caller. */
  readonly retry?: RetryOptions | false;
}

/**
 * A client of the API for one visitor. It remembers what that visitor has written: on a server make one for each request,
 * or every visitor reads past the cache for ten seconds after anybody's write.
 */
export function createPriorClient({ accessToken, retry, ...options }: PriorClientOptions): PriorClient {
  const send = options.fetch ?? ((request: Request) => globalThis.fetch(request));
  const client = createClient<paths>({
    // `ids=1,2`, as the document says; the generator's types do not carry it.
    querySerializer: { array: { style: 'form', explode: false } },
    ...options,
    fetch: retry === false ? send : retrying(send, retry),
  });
  client.use(consistency());
  if (accessToken) client.use(signIn(accessToken));
  return client;
}

const signIn = (accessToken: NonNullable<PriorClientOptions['accessToken']>): Middleware => ({
  async onRequest({ request }) {
    const token = await accessToken();
    if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
  },
});

/**
 * Whether an error is this problem. Codes never change; texts do.
 *
 * @param error what an answer holds as `error`
 */
export const isProblem = <Code extends Problem['code']>(
  error: unknown,
  code: Code,
): error is Problem & { code: Code } =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
