import { Controller, Get, Module, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import fc from 'fast-check';
import type { FastifyReply } from 'fastify';
import { startApp } from '../support/app';
import { fillBigCatalogue } from '../support/big-catalogue';
import type { CheckOptions, CheckRow } from '../support/check';
import { HttpClient, NoAnswer } from '../support/fleet/http-client';
import { migratedDatabase } from '../support/migrated';
import { connect, dropDatabase, type Stack, syncReplicas } from '../support/stack';
import type { Document } from './document';
import { Judge } from './judge';
import { type Asked, requests } from './requests';

export interface FuzzOptions extends Omit<CheckOptions, 'seconds'> {
  readonly requests: number;
}

const AT_ONCE = 8;
const BATCH = 500;
const PRODUCTS = 300;
/** More refusals, and the answers say nothing about the application. */
const MOST_503 = 0.05;
/** Tries to make a counterexample smaller. */
const SHRINK_MS = 10_000;
/** Kinds of mistakes after which it stops. */
const MOST_FOUND = 10;
const SECRETS = {
  JWT_SECRET: 'fuzz: nobody may ever read this one',
  CONSISTENCY_SECRET: 'fuzz: nor is anybody to read this',
};

const nothing = (): void => undefined;
/** Mistakes that are made on purpose need no place in the log. */
const SILENT = { log: nothing, warn: nothing, error: nothing, fatal: nothing };

/** Mistakes that the fuzzer must notice. */
const thing = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };
@Controller('faulty')
class FaultyController {
  @Get('stack')
  @ApiOkResponse({ schema: thing })
  stack(@Res() reply: FastifyReply): void {
    void reply
      .code(400)
      .type('application/problem+json')
      .send(JSON.stringify({ detail: new Error('oh').stack }));
  }
}
@Controller('faulty')
class MisshapenController {
  @Get('shape')
  @ApiOkResponse({ schema: thing })
  shape(@Res() reply: FastifyReply): void {
    void reply.type('application/json').send('{"name":5}');
  }
}
@Controller('faulty')
class CrashingController {
  @Get('crash')
  @ApiOkResponse({ schema: thing })
  crash(): never {
    throw new Error('a mistake');
  }
}
export const MUTANTS: Readonly<Record<string, new () => object>> = {
  stack: FaultyController,
  shape: MisshapenController,
  crash: CrashingController,
};

function faulty(mutants: readonly string[]): (new () => object)[] {
  @Module({ controllers: mutants.map((one) => MUTANTS[one]!) })
  class FaultyModule {}
  return mutants.length > 0 ? [FaultyModule] : [];
}

interface Found {
  readonly asked: Asked;
  readonly why: string;
}

/** Sends requests that are made from the OpenAPI document, and judges every answer by it. */
export async function fuzz(
  stack: Stack,
  options: FuzzOptions,
  say: (line: string) => void = () => undefined,
): Promise<CheckRow[]> {
  const database = await migratedDatabase(stack);
  const db = await connect(stack.primary, database);
  await fillBigCatalogue(db, PRODUCTS);
  await db.end();
  await syncReplicas(stack);
  const app = await startApp({
    stack,
    database,
    env: SECRETS,
    modules: faulty(options.mutants),
    ...(options.mutants.length > 0 && { logger: SILENT }),
  });
  try {
    const client = new HttpClient(Number(new URL(await app.listen()).port), 60_000);
    const document = (await client.request('/openapi.json')).json<Document>();
    const tokens = await Promise.all(
      (['admin', 'service', 'customer'] as const).map((role) => app.signIn(role, `fuzz-${role}`)),
    );
    const known = {
      tokens: tokens.map(({ authorization }) => authorization.split(' ')[1]!),
      slugs: ['half', 'other', 'small', ...Array.from({ length: 12 }, (_, i) => `product-${i + 1}`)],
    };
    const secrets = [...Object.values(SECRETS), ...known.tokens, stack.primary.password].filter(
      (one) => one.length > 3,
    );
    const session = new Session(client, new Judge(document, secrets), requests(document, known));
    await session.run(options, say);
    client.close();
    return session.rows(options.requests);
  } finally {
    await app.close();
    await dropDatabase(stack, database);
  }
}

class Session {
  private readonly statuses = new Map<number, number>();
  private sent = 0;
  /** By what is wrong: one example of each. */
  private readonly found = new Map<string, Found>();

  constructor(
    private readonly client: HttpClient,
    private readonly judge: Judge,
    private readonly arbitrary: fc.Arbitrary<Asked>,
  ) {}

  async run({ requests: wanted, seed }: FuzzOptions, say: (line: string) => void): Promise<void> {
    for (let batch = 0; this.sent < wanted && this.found.size < MOST_FOUND; batch += 1) {
      const numRuns = Math.min(BATCH, wanted - this.sent);
      const all = fc.sample(this.arbitrary, { seed: seed + batch, numRuns });
      for (const { index, ...one } of await this.sendAll(all)) {
        if (this.found.has(one.why)) continue;
        this.found.set(one.why, one);
        const smaller = await this.shrink(seed + batch, index, one);
        say(`  ${smaller.why}: ${JSON.stringify(smaller.asked)}`);
      }
      if (batch % 20 === 19) say(`  ${this.sent.toLocaleString('en')} requests`);
    }
  }

  rows(wanted: number): CheckRow[] {
    const count = (from: number, below: number) =>
      [...this.statuses].filter(([one]) => one >= from && one < below).reduce((sum, [, n]) => sum + n, 0);
    const unavailable = this.statuses.get(503) ?? 0;
    const row = (what: string, value: number, want: string, ok: boolean): CheckRow => ({
      what,
      value: value.toLocaleString('en'),
      wanted: want,
      ok,
    });
    return [
      row('requests', this.sent, wanted.toLocaleString('en'), this.sent >= wanted),
      row('answered 2xx and 3xx', count(200, 400), '> 0', count(200, 400) > 0),
      row('answered 4xx', count(400, 500), '> 0', count(400, 500) > 0),
      row('answered 503', unavailable, `<= ${MOST_503 * 100} %`, unavailable <= this.sent * MOST_503),
      row('kinds of wrong answers', this.found.size, '0', this.found.size === 0),
      ...[...this.found.keys()].map((what) => ({ what, value: '', wanted: '', ok: false })),
    ];
  }

  /** @returns those that were answered wrongly, with their places */
  private async sendAll(all: readonly Asked[]): Promise<(Found & { index: number })[]> {
    let next = 0;
    const failed: (Found & { index: number })[] = [];
    const work = async () => {
      while (next < all.length) {
        const index = next++;
        const asked = all[index]!;
        const why = await this.ask(asked);
        if (why !== undefined) failed.push({ asked, why, index });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return failed;
  }

  /** @returns what is wrong with the answer */
  private async ask(asked: Asked): Promise<string | undefined> {
    this.sent += 1;
    try {
      const { method, target, headers, text } = asked;
      const answer = await this.client.request(target, {
        method,
        headers,
        ...(text !== undefined && { text }),
      });
      this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
      return this.judge.wrong(asked, answer);
    } catch (error) {
      if (error instanceof NoAnswer) return `no answer: ${error.message}`;
      throw error;
    }
  }

  /** The same values again from there on, one after the other; what depends on earlier requests stays as it was. */
  private async shrink(seed: number, index: number, original: Found): Promise<Found> {
    let smallest: Found = original;
    const property = fc.asyncProperty(this.arbitrary, async (asked) => {
      const why = await this.ask(asked);
      if (why !== undefined) smallest = { asked, why };
      return why === undefined;
    });
    await fc.check(property, { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: SHRINK_MS });
    return smallest;
  }
}
