import { createClient, type RedisClientType } from '@redis/client';
import { withTimeLimit } from '../../time-limit';
import { type View, viewOf } from './view';

/** A node that could not be reached is not tried more often than this, ms. */
const RETRY_MS = 250;

/** One node of the cluster, asked for nothing but its view. It is connected when it is asked first. */
export class ClusterNode {
  private client: RedisClientType | undefined;
  private connecting: Promise<RedisClientType> | undefined;
  private triedAt = -Infinity;
  private closed = false;

  constructor(
    readonly url: string,
    private readonly connectTimeoutMs: number,
  ) {}

  /** @param limitMs for the answer; connecting has its own limit. @throws the client's error, or TimeLimitError */
  async view(limitMs: number): Promise<View> {
    const client = this.client ?? (await this.connect());
    try {
      const text = await withTimeLimit(
        client.sendCommand<string>(['CLUSTER', 'NODES']),
        limitMs,
        () => new Error(`a node of the cluster did not answer within ${limitMs} ms`),
      );
      return viewOf(text);
    } catch (error) {
      this.forget(client);
      throw error;
    }
  }

  close(): void {
    this.closed = true;
    if (this.client) this.forget(this.client);
  }

  private connect(): Promise<RedisClientType> {
    this.connecting ??= this.open().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async open(): Promise<RedisClientType> {
    const now = performance.now();
    if (now - this.triedAt < RETRY_MS) throw new Error('a node of the cluster cannot be reached');
    this.triedAt = now;
    const client: RedisClientType = createClient({
      url: this.url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: this.connectTimeoutMs,
        reconnectStrategy: false,
        keepAlive: 5_000,
        noDelay: true,
      },
    });
    client.on('error', () => this.forget(client));
    client.on('end', () => this.forget(client));
    try {
      await withTimeLimit(
        client.connect(),
        this.connectTimeoutMs,
        () => new Error(`a node of the cluster was not connected within ${this.connectTimeoutMs} ms`),
      );
      if (this.closed) throw new Error('stopped');
    } catch (error) {
      this.forget(client);
      throw error;
    }
    this.client = client;
    return client;
  }

  private forget(client: RedisClientType): void {
    if (this.client === client) this.client = undefined;
    if (client.isOpen) client.disconnect().catch(() => undefined);
  }
}
