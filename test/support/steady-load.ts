import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Pause of each asker, so that processes that start get some of the processor, ms. */
const THINK_MS = 20;

/** Asks for one address on connections that stay open, as browsers and proxies do, until it is told to stop. */
export class SteadyLoad {
  answered = 0;
  /** 503 `overloaded`: a busy machine says so in time, which is no loss. */
  refused = 0;
  /** Everything else that was not answered 200: other answers, and errors of connections. */
  readonly lost: string[] = [];
  private readonly agent: Agent;
  private readonly askers: Promise<void>[];
  private stopped = false;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.askers = Array.from({ length: connections }, () => this.asker());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.askers);
    this.agent.destroy();
  }

  /** Waits until so many more have been answered. @throws Error after two minutes */
  async more(count: number): Promise<void> {
    const wanted = this.answered + count;
    const end = performance.now() + 120_000;
    while (this.answered < wanted) {
      if (performance.now() > end) throw new Error(`no answers: ${this.lost.slice(0, 5).join(', ')}`);
      await sleep(50);
    }
  }

  private async asker(): Promise<void> {
    while (!this.stopped) {
      await this.ask();
      await sleep(THINK_MS);
    }
  }

  private ask(): Promise<void> {
    return new Promise((resolve) => {
      const request = get(this.url, { agent: this.agent }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          if (response.statusCode === 200) this.answered += 1;
          else if (response.statusCode === 503 && body.includes('"overloaded"')) this.refused += 1;
          else this.lost.push(`${response.statusCode} ${body}`);
          resolve();
        });
        response.on('error', () => {
          this.lost.push('the answer was cut off');
          resolve();
        });
      });
      request.on('error', (error) => {
        this.lost.push(error.message);
        resolve();
      });
    });
  }
}
