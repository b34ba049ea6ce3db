import { createHash } from 'node:crypto';

/** What EVALSHA needs of a client; node-redis clients have it. */
export interface ScriptRunner {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(source: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
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
  async run(client: ScriptRunner, keys: string[], args: string[]): Promise<Answer> {
    const options = { keys, arguments: args };
    try {
      return (await client.evalSha(this.sha, options)) as Answer;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await client.eval(this.source, options)) as Answer;
    }
  }
}
