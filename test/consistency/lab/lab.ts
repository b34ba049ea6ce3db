import type { ApiNode } from '../../support/fleet/node';
import type { Fleet, CheckStack } from '../../support/fleet/fleet';
import { type Answer, NoAnswer } from '../../support/fleet/http-client';
import type { random as randomOf } from '../../support/random';
import { type Claim, History } from '../history/history';
import type { Register } from '../history/register';
import { absenceClaims, claimsOf } from '../shop/claims';
import type { ShopModel } from '../shop/model';
import type { Question } from '../shop/questions';
import type { Session } from './session';
import type { Truth } from './truth';

/** One change of the catalogue, and the registers that it moves. */
export interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly authorization: string;
  readonly registers: readonly Register<never>[];
  /** Moves the registers; called when the write is sent. */
  begin(at: number): void;
  /** Looks at the primary whether a write that nobody acknowledged has happened all the same. */
  landed(): Promise<boolean>;
  /** Takes what the answer says. */
  acked?(answer: Answer | undefined, sentAt: number, at: number): void;
}

/** A write may still happen later: nobody knows. */
export class Unknown extends Error {}

interface Remembered {
  readonly etag: string;
  readonly claims: readonly Claim[];
}

/** Everything that a check works with: servers, processes, the model of the shop, and what was seen. */
export class Lab {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    readonly stack: CheckStack,
    readonly fleet: Fleet,
    readonly shop: ShopModel,
    readonly truth: Truth,
    readonly random: ReturnType<typeof randomOf>,
    readonly history = new History(),
  ) {}

  /** A process that is not stopped. */
  anyNode(): ApiNode {
    const answering = this.fleet.nodes.filter((node) => node.answering);
    return this.random.pick(answering.length > 0 ? answering : this.fleet.nodes);
  }

  /**
   * Asks and judges the answer.
   *
   * @param session sends its token, and expects to see what it has written
   * @returns false when the answer was stale
   */
  async read(
    node: ApiNode,
    question: Question,
    { session, headers = {} }: { session?: Session; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<boolean> {
    const known = this.remembered.get(question.url);
    const conditional: Record<string, string> =
      known && this.random.integer(4) === 0 ? { 'if-none-match': known.etag } : {};
    const began = performance.now();
    const own = session?.own(began);
    let answer: Answer;
    try {
      answer = await node.request(question.url, {
        headers: { ...session?.headers, ...headers, ...conditional },
      });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.history.refuse(node.answering ? 'no answer' : 'no answer (stopped)');
      return true;
    }
    const ended = performance.now();
    const claims = this.claims(question, answer, known);
    if (!claims) {
      this.history.refuse(`${answer.status}`);
      return true;
    }
    const marked = markOf(answer);
    return this.history.read({
      where: `${node.name} ${question.url} ${answer.status} ${answer.header('cache-status') ?? answer.header('x-cache') ?? ''}`,
      claims,
      own,
      marked,
      excused: marked !== undefined && this.truth.wasDown(began - 1_500, ended),
      began,
      ended,
    });
  }

  /** @returns undefined when it was not answered */
  private claims(
    question: Question,
    answer: Answer,
    known: Remembered | undefined,
  ): readonly Claim[] | undefined {
    const { status } = answer;
    if (status === 404 || status === 301) return absenceClaims(question, answer.header('location'));
    const etag = answer.header('etag');
    if (known && etag === known.etag && (status === 200 || status === 304)) return known.claims;
    if (status !== 200) return undefined;
    const claims = claimsOf(this.shop, question, answer.json());
    if (etag !== undefined) this.remembered.set(question.url, { etag, claims });
    return claims;
  }

  /**
   * Writes, and keeps the registers right whatever happens.
   *
   * @returns true when it has happened
   * @throws Unknown when it may still happen
   */
  async write(node: ApiNode, write: Write, session?: Session): Promise<boolean> {
    const { method, path, body, authorization, registers } = write;
    const sentAt = performance.now();
    write.begin(sentAt);
    let answer: Answer | undefined;
    try {
      answer = await node.request(path, { method, body, headers: { authorization, ...session?.headers } });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.history.refuse('write without an answer');
      if (error.message.startsWith('no answer within')) throw new Unknown(`${method} ${path}`);
    }
    const at = performance.now();
    if (answer && answer.status < 300) {
      this.settle(write, answer, sentAt, at);
      session?.wrote(answer.header('x-consistency-token'), registers, at);
      return true;
    }
    if (answer) this.history.refuse(`write ${answer.status}`);
    if (answer && answer.status < 500) {
      for (const register of registers) register.undo();
      throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body.toString('utf8')}`);
    }
    const landed = await write.landed();
    // What the primary shows is there for everybody to be seen, acknowledged or not.
    if (landed) this.settle(write, undefined, sentAt, performance.now());
    else for (const register of registers) register.undo();
    return landed;
  }

  private settle(write: Write, answer: Answer | undefined, sentAt: number, at: number): void {
    this.history.writes += 1;
    for (const register of write.registers) register.ack(at);
    write.acked?.(answer, sentAt, at);
  }
}

/** An answer that is refreshed meanwhile is as fresh as any other: only the lack of a proof is a mark. */
function markOf(answer: Answer): string | undefined {
  if (answer.header('x-cache') !== 'STALE') return undefined;
  const status = answer.header('cache-status') ?? '';
  return status.includes('revalidating') ? undefined : (/detail=([\w-]+)/.exec(status)?.[1] ?? 'no detail');
}
