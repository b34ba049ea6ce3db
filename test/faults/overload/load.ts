import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

const REGISTER = join(__dirname, '../../../scripts/lib/register-ts.js');

export interface Setting {
  readonly port: number;
  readonly seed: number;
  /** Reads of answers that are in memory, beside everything else. */
  readonly hotPerS: number;
}

export interface Stage {
  /** Arrivals of work that no cache can answer. */
  readonly perS: number;
  readonly seconds: number;
}

/** One stage follows the other without a pause. */
export type Plan = readonly Stage[];

/** `refused`: 503 `overloaded` with Retry-After, as problem+json. `failed`: everything else that is not a 200. */
export type Outcome = 'ok' | 'refused' | 'failed';

export interface Sample {
  /** Its place in the plan. */
  readonly stage: number;
  readonly hot: boolean;
  readonly outcome: Outcome;
  /** ms since the plan began. */
  readonly sentAt: number;
  readonly ms: number;
}

export interface Reply {
  readonly samples: Sample[];
  /** What failed, in a few words, and how often. */
  readonly failures: [why: string, count: number][];
  /** How late the generator itself was in each stage, 99th percentile, ms: so much of a duration is its own. */
  readonly late: number[];
  readonly error?: string;
}

/** The generator, in a process of its own. */
export class Load {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when the hot answers are in memory. */
  static async start(setting: Setting): Promise<Load> {
    const child = fork(join(__dirname, 'generator.ts'), { execArgv: ['-r', REGISTER], stdio: 'inherit' });
    const load = new Load(child);
    await load.tell(setting);
    return load;
  }

  play(plan: Plan): Promise<Reply> {
    return this.tell(plan);
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private tell(what: Setting | Plan): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the generator ended with status ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (reply: Reply) => {
        this.child.off('exit', ended);
        if (reply.error === undefined) resolve(reply);
        else reject(new Error(reply.error));
      });
      this.child.send(what as Setting);
    });
  }
}
