import { createHash } from 'node:crypto';

/** What a script needs of a client; node-redis clients have it. */
export interface ScriptRunner {
  sendCommand(words: string[]): Promise<unknown>;
}

/** A Lua script: one atomic step in Redis. */
export class RedisScript<Answer = unknown> {
  private readonly sha: string;

  constructor(
    readonly name: string,
    private readonly source: string,
  ) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** Runs by hash and sends the source only to a server that does not know it yet (after a restart). */
  run(client: ScriptRunner, keys: string[], args: string[]): Promise<Answer> {
    // (As words: the client's own method for this is four promises instead of one.)
    const words = ['EVALSHA', this.sha, String(keys.length), ...keys, ...args];
    return client.sendCommand(words).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.sendCommand(['EVAL', this.source, ...words.slice(2)]);
    }) as Promise<Answer>;
  }
}
