import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, ErrorReply, type RedisClientType } from '@redis/client';
import { breaker } from '../breaker';
import { withTimeLimit } from '../time-limit';
import { ClusterTopology } from './cluster/cluster-topology';
import { Lease } from './lease';
import { type RedisBreaker, RedisSession } from './session';
import { type RedisTopology, type Seat, StandaloneTopology } from './topology';

/**
 * Bytes of commands that are handed to the socket in one turn of the loop. The client sends no more than the socket's
 * high-water mark a turn; with Node's 16 kB that is one entry, and on a busy process commands waited for several turns
 * until they were taken for unanswered. (An option of sockets, with TLS and
 * without, that the client's types do not know.)
 */
const SENT_AT_ONCE = 1_048_576;

export interface RedisOptions {
  /** redis://[[user]:password@]host:port[/db] */
  readonly url: string;
  /** Default: standalone. In a cluster the master that holds our one slot is looked for (docs/redis-cluster.md). */
  readonly mode?: 'standalone' | 'cluster';
  /** Nodes of the cluster that are asked first, as URLs; default: the one of `url`. */
  readonly nodes?: readonly string[];
  /** How long one command may take before Redis counts as gone, in ms. */
  readonly commandTimeoutMs: number;
  /** How long connecting may take, ms; default 1000. */
  readonly connectTimeoutMs?: number;
  /** Names whose data it is: shops that share a Redis server never share an entry. Same for all processes of one shop. */
  readonly namespace?: string;
  readonly onChange?: (event: 'up' | 'down', detail: string) => void;
  /** Test harness: an INFO to believe instead, so that every life of the server looks alike (mutant `no-generation`). */
  readonly fixedGeneration?: string;
  /** Test harness: a master is believed for as long as its connection lasts (mutant `no-lease`). */
  readonly withoutLease?: boolean;
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
  private readonly topology: RedisTopology;

  constructor(private readonly options: RedisOptions) {
    const { url, mode, nodes = [url], namespace = '', commandTimeoutMs } = options;
    this.connectTimeoutMs = options.connectTimeoutMs ?? 1_000;
    this.topology =
      mode === 'cluster'
        ? new ClusterTopology({
            nodes,
            namespace,
            limitMs: commandTimeoutMs,
            connectTimeoutMs: this.connectTimeoutMs,
          })
        : new StandaloneTopology(url);
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
    return this.breaker.state === 'open' || !this.current?.usable ? undefined : this.current;
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
    await this.topology.close();
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
        await Promise.race([
          sleep(pause * (0.5 + Math.random())),
          new Promise<void>((wake) => (this.wake = wake)),
        ]);
        pause = Math.min(pause * 2, LAST_RETRY_MS);
      }
    }
  }

  /** @returns `broken` resolves when the connection ends (in an object: a bare promise would be awaited here) */
  private async connectOnce(): Promise<{ broken: Promise<void> } | undefined> {
    let client: RedisClientType | undefined;
    let breakIt: (why: string) => void = () => undefined;
    const broken = new Promise<void>((resolve) => {
      breakIt = (why) => {
        const session = this.current;
        this.current = undefined;
        session?.retire();
        if (session && !this.closed) this.options.onChange?.('down', why);
        if (client?.isOpen) client.disconnect().catch(() => undefined);
        resolve();
      };
    });
    const openClient = (url: string): RedisClientType => {
      client = createClient({
        url,
        disableOfflineQueue: true, // a command queued for a later life of the server would break the generation rule
        socket: {
          ...{
            connectTimeout: this.connectTimeoutMs,
            reconnectStrategy: false,
            keepAlive: 5_000,
            noDelay: true,
          },
          ...({ highWaterMark: SENT_AT_ONCE } as object),
        },
      });
      client.on('error', (error: Error) => breakIt(error.message));
      client.on('end', () => breakIt('the server closed the connection'));
      return client;
    };
    try {
      const life = (await this.breaker.fire(() => this.handshake(openClient))) as Life;
      if (this.closed || !life.client.isReady) {
        // (It has ended while it was looked at. A session of it would keep its lease for ever.)
        life.lease?.end();
        throw new Error('gone');
      }
      this.current = new RedisSession({
        ...life,
        timeoutMs: this.options.commandTimeoutMs,
        breaker: this.breaker,
        onBroken: (session, why) => {
          if (this.current === session) breakIt(why);
        },
      });
      this.wake = () => breakIt('stopped');
      this.options.onChange?.('up', life.generation);
      return { broken };
    } catch {
      if (client?.isOpen) await client.disconnect().catch(() => undefined);
      return undefined;
    }
  }

  /** Finds the server, connects and reads the generation: `run_id` and `master_replid` change with the server's life. */
  private async handshake(open: (url: string) => RedisClientType): Promise<Life> {
    const seat = await this.topology.find();
    const client = open(seat.url);
    const late = () => new Error(`no answer within ${this.connectTimeoutMs} ms`);
    const connected = client.connect().then(async () => {
      // A node that would refuse (CLUSTERDOWN, MOVED) is no connection: it is tried again with growing pauses.
      if (seat.keyPrefix !== '') await client.exists(`${seat.keyPrefix}seat`);
      return client.info();
    });
    const info = await withTimeLimit(connected, this.connectTimeoutMs, late);
    const { fixedGeneration, namespace, withoutLease } = this.options;
    const generation = generationOf(fixedGeneration ?? info + tenureLine(seat), namespace);
    const confirm = withoutLease ? undefined : this.topology.confirm;
    // Asked after the generation was read: it names this tenure, and nobody's from before.
    const lease = confirm && (await Lease.take(() => confirm(seat)));
    return { client, seat, generation, lease };
  }
}

/** A connection to one life of a server. */
interface Life {
  readonly client: RedisClientType;
  readonly seat: Seat;
  readonly generation: string;
  readonly lease: Lease | undefined;
}

const tenureLine = ({ tenure }: Seat): string => (tenure === '' ? '' : `\ntenure:${tenure}\n`);

/**
 * @param info the text of Redis's INFO
 * @param namespace whose data it is
 */
export function generationOf(info: string, namespace = ''): string {
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const runId = field('run_id');
  if (!runId) throw new Error('INFO shows no run_id: this server does not speak for Redis');
  const tenure = field('tenure');
  const life = `${runId}:${field('master_replid')}:${namespace}${tenure === undefined ? '' : `:${tenure}`}`;
  return createHash('sha256').update(life).digest('base64url').slice(0, 12);
}
