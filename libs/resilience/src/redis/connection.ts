import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, ErrorReply, type RedisClientType } from '@redis/client';
import { breaker } from '../breaker';
import { type RedisBreaker, RedisSession } from './session';

export interface RedisOptions {
  /** redis://[[user]:password@]host:port[/db] */
  readonly url: string;
  /** How long one command may take before Redis counts as gone, in ms. */
  readonly commandTimeoutMs: number;
  /** How long connecting may take, ms; default 1000. */
  readonly connectTimeoutMs?: number;
  /** Names whose data it is: shops that share a Redis server never share an entry. Same for all processes of one shop. */
  readonly namespace?: string;
  readonly onChange?: (event: 'up' | 'down', detail: string) => void;
  /** Test harness: an INFO to believe instead, so that every life of the server looks alike (mutant `no-generation`). */
  readonly fixedGeneration?: string;
}

const FIRST_RETRY_MS = 25;
const LAST_RETRY_MS = 1_000;
/** A Redis that accepts connections and then does not answer is not tried more often than this, ms. */
const RESET_MS = 500;

/**
 * The process's one connection to Redis. It reconnects for ever with growing pauses; while it is away,
 * `session()` is undefined and callers do without. A new connection is handed out only after its generation was read.
 *
 * One breaker is around commands and connection attempts alike, so that there is one opinion: many commands that failed
 * put the next attempt off, and an attempt that succeeds is the try that closes it.
 */
export class RedisConnection {
  private current: RedisSession | undefined;
  private closed = false;
  private wake: (() => void) | undefined;
  private running: Promise<void> | undefined;

  private readonly connectTimeoutMs: number;
  private readonly breaker: RedisBreaker;

  constructor(private readonly options: RedisOptions) {
    this.connectTimeoutMs = options.connectTimeoutMs ?? 1_000;
    this.breaker = breaker('redis', (work) => work(), {
      timeoutMs: false,
      resetMs: RESET_MS,
      volume: 5,
      // An error that Redis answers with is an answer.
      isFailure: (error) => !(error instanceof ErrorReply),
    });
  }

  /** The live session, or undefined while Redis is away. Ask anew for each piece of work. */
  session(): RedisSession | undefined {
    return this.breaker.state === 'open' ? undefined : this.current;
  }

  /** Starts connecting; resolves when the first attempt has succeeded or failed. Never rejects. */
  async start(): Promise<void> {
    await new Promise<void>((firstAttemptDone) => {
      this.running = this.run(firstAttemptDone);
    });
  }

  async stop(): Promise<void> {
    this.closed = true;
    const session = this.current;
    this.current = undefined;
    this.wake?.();
    await session?.close();
    await this.running;
    this.breaker.close();
  }

  private async run(firstAttemptDone: () => void): Promise<void> {
    let pause = FIRST_RETRY_MS;
    while (!this.closed) {
      const connection = this.breaker.state === 'open' ? undefined : await this.connectOnce();
      firstAttemptDone();
      if (connection) {
        pause = FIRST_RETRY_MS;
        await connection.broken;
      } else {
        await Promise.race([sleep(pause * (0.5 + Math.random())), new Promise<void>((wake) => (this.wake = wake))]);
        pause = Math.min(pause * 2, LAST_RETRY_MS);
      }
    }
  }

  /** @returns `broken` resolves when the connection ends (in an object: a bare promise would be awaited here) */
  private async connectOnce(): Promise<{ broken: Promise<void> } | undefined> {
    const client: RedisClientType = createClient({
      url: this.options.url,
      disableOfflineQueue: true, // a command queued for a later life of the server would break the generation rule
      socket: { connectTimeout: this.connectTimeoutMs, reconnectStrategy: false, keepAlive: 5_000, noDelay: true },
    });
    let breakIt: (why: string) => void = () => undefined;
    const broken = new Promise<void>((resolve) => {
      breakIt = (why) => {
        const session = this.current;
        this.current = undefined;
        if (session && !this.closed) this.options.onChange?.('down', why);
        if (client.isOpen) client.disconnect().catch(() => undefined);
        resolve();
      };
    });
    client.on('error', (error: Error) => breakIt(error.message));
    client.on('end', () => breakIt('the server closed the connection'));
    try {
      const generation = (await this.breaker.fire(() => this.handshake(client))) as string;
      if (this.closed) throw new Error('stopped');
      this.current = new RedisSession(client, generation, this.options.commandTimeoutMs, this.breaker, (session, why) => {
        if (this.current === session) breakIt(why);
      });
      this.wake = () => breakIt('stopped');
      this.options.onChange?.('up', generation);
      return { broken };
    } catch {
      if (client.isOpen) await client.disconnect().catch(() => undefined);
      return undefined;
    }
  }

  /** Connects and reads the generation: `run_id` and `master_replid` both change with the server's life. */
  private async handshake(client: RedisClientType): Promise<string> {
    const limit = new AbortController();
    const work = client.connect().then(() => client.info());
    work.catch(() => undefined); // it may fail after the limit has passed
    const info = await Promise.race([
      work,
      sleep(this.connectTimeoutMs, undefined, { signal: limit.signal }).then(() => {
        throw new Error(`no answer within ${this.connectTimeoutMs} ms`);
      }),
    ]).finally(() => limit.abort());
    return generationOf(this.options.fixedGeneration ?? info, this.options.namespace);
  }
}

/**
 * @param info the text of Redis's INFO
 * @param namespace whose data it is
 */
export function generationOf(info: string, namespace = ''): string {
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const runId = field('run_id');
  if (!runId) throw new Error('INFO shows no run_id: this server does not speak for Redis');
  return createHash('sha256').update(`${runId}:${field('master_replid')}:${namespace}`).digest('base64url').slice(0, 12);
}
