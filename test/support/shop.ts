import { type Role, signDevToken } from '@prior/http';
import { startApp, type TestApp, type TestAppOptions } from './app';
import { connect } from './stack';

type Json = Record<string, unknown>;

/** What came back, its JSON parsed; `text` has the bytes as they were sent. */
export interface Reply<T = Json> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly body: T;
}

export interface Caller {
  readonly role: Role;
  readonly subject?: string;
  readonly name?: string;
}

export const admin: Caller = { role: 'admin' };
export const service: Caller = { role: 'service' };
export const customer = (subject: string): Caller => ({ role: 'customer', subject });

/** The real application and a client that has just written: it sends the token of its last write with every read. */
export class Shop {
  private token: string | undefined;

  private constructor(readonly api: TestApp) {}

  static async open(options?: TestAppOptions): Promise<Shop> {
    return new Shop(await startApp(options));
  }

  close(): Promise<void> {
    return this.api.close();
  }

  get<T = Json>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply<T>> {
    return this.send<T>('GET', url, undefined, {
      ...(this.token !== undefined && { 'x-consistency-token': this.token }),
      ...headers,
    });
  }

  /** As somebody else, who has no token. */
  visit<T = Json>(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply<T>> {
    return this.send<T>('GET', url, undefined, headers);
  }

  async write<T = Json>(
    caller: Caller,
    method: 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply<T>> {
    const authorization = `Bearer ${await signDevToken(this.api.config.auth, caller)}`;
    const reply = await this.send<T>(method, url, body, { authorization, ...headers });
    this.token = reply.headers['x-consistency-token'] ?? this.token;
    return reply;
  }

  /** Straight into the database, as another application would: no cache hears of it. */
  async sql(text: string): Promise<void> {
    const db = await connect(this.api.stack.primary, this.api.database);
    await db.query(text).finally(() => db.end());
  }

  /** Makes a product as an admin. @throws Error when that is refused */
  async product(values: Json): Promise<{ id: number; slug: string; rev: number }> {
    return this.made(
      await this.write<Made>(admin, 'POST', '/api/products', { unitPrice: '10.00', quantity: 5, ...values }),
    );
  }

  /** Makes a category as an admin. @throws Error when that is refused */
  async category(
    name: string,
    parentId: number | null = null,
  ): Promise<{ id: number; slug: string; rev: number }> {
    return this.made(await this.write<Made>(admin, 'POST', '/api/categories', { name, parentId }));
  }

  private made({ status, text, body }: Reply<Made>): Made {
    if (status !== 201) throw new Error(`Not made: ${text}`);
    return body;
  }

  private async send<T>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<Reply<T>> {
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await this.api.inject({ method, url, headers: { ...type, ...headers }, ...payload });
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string | undefined>,
      text: answer.body,
      body: (answer.body === '' ? {} : JSON.parse(answer.body)) as T,
    };
  }
}

interface Made {
  id: number;
  slug: string;
  rev: number;
}
