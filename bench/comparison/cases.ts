import type { Ask } from '../load/drive';
import type { Program } from '../lab/program';
import { bytesOf, type Field } from './field';

const LIST = '/api/products';
/** More than a contender answers in a round, so that no address comes twice within the time that it is cached for. */
const FRESH_PER_S = 12_000;
const MOST_FRESH = 200_000;
/** Clients that share the load where each has the limits that are shipped: 20,000 with 100 requests a minute each. */
const CLIENTS = 20_000;

/**
 * For all who ask the database: enough to keep it and the process busy. Fifty who never pause are more than one worker
 * can load answers for, and then ours refuses some of them (503) to keep the others fast; the contenders let all wait.
 */
const DATABASE_CONNECTIONS = 16;

/** What `--only` takes. */
export const CASES = [
  'http',
  'fastify',
  'l1',
  'l1-clients',
  'detail',
  '304',
  'redis',
  'recommended',
  'fastify-mysql',
  'fastify-mysql-connection',
  'database',
  'recommended-miss',
  'current',
] as const;

/** @throws Error that names what is not one of {@link CASES} */
export function assertCases(ids: readonly string[]): void {
  const unknown = ids.filter((id) => !(CASES as readonly string[]).includes(id));
  if (unknown.length > 0)
    throw new Error(`no case is called ${unknown.join(', ')}; there are ${CASES.join(', ')}`);
}

/** One thing that is measured. */
export interface Case {
  /** For `--only` and the results. */
  readonly id: (typeof CASES)[number];
  readonly title: string;
  readonly ours?: boolean;
  readonly program: Program;
  /** What is asked in one round; a list that is asked once per address is another one every time. */
  readonly asks: (seconds: number) => readonly Ask[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections?: number;
  /** One answer takes seconds: it gets them, and not in every round. */
  readonly slow?: boolean;
  /** What is wanted of every answer. */
  readonly status: 200 | 304;
}

interface List {
  readonly products: readonly { readonly id: number; readonly slug: string; readonly created_at: string }[];
}

const listOf = async (program: Program, path = LIST): Promise<List> =>
  JSON.parse((await bytesOf(program, path)).toString('utf8')) as List;

const one = (path: string) => () => [{ path }];

/** All cases, in the order in which a round has them. */
export async function casesOf(field: Field): Promise<readonly Case[]> {
  const { ours, oursRedis, recommended, fastifyMysql, fastifyMysqlConnection } = field;
  const list = await listOf(ours);
  const first = list.products[0]!;
  const etag = (await fetch(`http://127.0.0.1:${ours.port}${LIST}`)).headers.get('etag') ?? '';
  let asked = 1;
  const fresh = (pathOf: (n: number) => string) => (seconds: number) =>
    Array.from({ length: Math.min(MOST_FRESH, FRESH_PER_S * (seconds + 1)) }, () => ({
      path: pathOf(++asked),
    }));
  // The place behind the first product under ever new page numbers: always the same rows, never the same address.
  const key = first.created_at.replace('T', ' ').replace('Z', '');
  const cursor = (n: number) =>
    Buffer.from(JSON.stringify([1, 'newest', key, first.id, n + 1])).toString('base64url');
  const uncached = fresh((n) => `${LIST}?cursor=${cursor(n)}`);
  const addresses = Array.from({ length: CLIENTS }, (_, i) => ({
    path: LIST,
    address: `198.18.${i >> 8}.${i & 255}`,
  }));
  const mine = { ours: true, status: 200 } as const;
  return [
    {
      id: 'http',
      title: 'bare node:http, same bytes',
      program: field.bareHttp,
      asks: one(LIST),
      status: 200,
    },
    {
      id: 'fastify',
      title: 'bare Fastify, same bytes',
      program: field.bareFastify,
      asks: one(LIST),
      status: 200,
    },
    { id: 'l1', title: 'ours: L1 hit', program: ours, asks: one(LIST), ...mine },
    {
      id: 'l1-clients',
      title: 'ours: L1 hit, 20,000 addresses',
      program: field.oursClients,
      asks: () => addresses,
      ...mine,
    },
    {
      id: 'detail',
      title: 'ours: detail, L1 hit',
      program: ours,
      asks: one(`${LIST}/${first.slug}`),
      ...mine,
    },
    {
      id: '304',
      title: 'ours: 304',
      program: ours,
      asks: one(LIST),
      headers: { 'if-none-match': etag },
      ours: true,
      status: 304,
    },
    { id: 'redis', title: 'ours: Redis hit (no L1)', program: oursRedis, asks: one(LIST), ...mine },
    {
      id: 'recommended',
      title: "report's recommended: Redis hit",
      program: recommended,
      asks: one(LIST),
      status: 200,
    },
    {
      id: 'fastify-mysql',
      title: 'bare Fastify + mysql2, our SQL',
      program: fastifyMysql,
      asks: uncached,
      connections: DATABASE_CONNECTIONS,
      status: 200,
    },
    {
      id: 'fastify-mysql-connection',
      title: 'the same by getConnection, query, release',
      program: fastifyMysqlConnection,
      asks: uncached,
      connections: DATABASE_CONNECTIONS,
      status: 200,
    },
    {
      id: 'database',
      title: 'ours: database path (misses)',
      program: ours,
      asks: uncached,
      connections: DATABASE_CONNECTIONS,
      ...mine,
    },
    {
      id: 'recommended-miss',
      title: "report's recommended: miss",
      program: recommended,
      asks: fresh((n) => `${LIST}?n=${n}`),
      connections: DATABASE_CONNECTIONS,
      status: 200,
    },
    {
      id: 'current',
      title: "report's suspected current",
      program: field.current,
      asks: one(LIST),
      slow: true,
      status: 200,
    },
  ];
}

/** @throws when a contender answers other products than ours: then nothing that follows would be a comparison */
export async function sameProducts(field: Field, cases: readonly Case[]): Promise<void> {
  const wanted = idsOf(await listOf(field.ours));
  const bytes = await bytesOf(field.ours, LIST);
  for (const program of [field.bareHttp, field.bareFastify])
    if (!bytes.equals(await bytesOf(program, LIST)))
      throw new Error(`${program.name} does not answer the same bytes`);
  for (const program of [
    field.oursRedis,
    field.recommended,
    field.fastifyMysql,
    field.fastifyMysqlConnection,
  ])
    same(program, LIST, idsOf(await listOf(program)), wanted);
  const all = JSON.parse((await bytesOf(field.current, LIST)).toString('utf8')) as List['products'];
  same(field.current, LIST, idsOf({ products: all.slice(0, wanted.length) }), wanted);
  const [{ path }] = cases.find(({ id }) => id === 'database')!.asks(1) as [Ask];
  for (const program of [field.fastifyMysql, field.fastifyMysqlConnection])
    same(program, path, idsOf(await listOf(program, path)), idsOf(await listOf(field.ours, path)));
}

const idsOf = ({ products }: { products: readonly { id: number }[] }): number[] =>
  products.map(({ id }) => id);

function same({ name }: Program, path: string, found: number[], wanted: number[]): void {
  if (found.join() !== wanted.join())
    throw new Error(
      `${name} answers other products to ${path}:\n  ${found.join(' ')}\nours:\n  ${wanted.join(' ')}`,
    );
}
