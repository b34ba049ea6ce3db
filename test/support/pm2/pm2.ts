import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(__dirname, '../../..');

/** Not a dependency (its licence is AGPL): npm fetches it when this suite runs. */
const PACKAGE = 'pm2@7.0.4';

export interface Pm2Process {
  readonly pid: number;
  readonly name: string;
  readonly pm2_env: {
    readonly status: string;
    readonly exec_mode: string;
    readonly restart_time: number;
    readonly NODE_APP_INSTANCE: number;
  };
}

/** The real PM2, with a daemon and a folder of its own. */
export class Pm2 {
  private readonly home = mkdtempSync(join(tmpdir(), 'prior-pm2-'));
  private readonly env: NodeJS.ProcessEnv;

  private constructor(
    private readonly program: string,
    env: Readonly<Record<string, string>>,
  ) {
    const { PATH, HOME } = process.env;
    this.env = { PATH, HOME, PM2_HOME: this.home, PM2_DISCRETE_MODE: 'true', ...env };
  }

  /** @param env what the API is started with, beside the path of programs */
  static async fetch(env: Readonly<Record<string, string>>): Promise<Pm2> {
    const find = ['exec', '--yes', `--package=${PACKAGE}`, '--', 'sh', '-c', 'command -v pm2'];
    const { stdout } = await run('npm', find, { cwd: root });
    return new Pm2(stdout.trim(), env);
  }

  /** @throws Error with what it printed, when it fails */
  async call(...args: string[]): Promise<string> {
    const { stdout } = await run(this.program, args, { cwd: root, env: this.env, maxBuffer: 16 * 1_048_576 });
    return stdout;
  }

  async processes(): Promise<Pm2Process[]> {
    const text = await this.call('jlist');
    // Its greeting may come first.
    return JSON.parse(text.slice(text.indexOf('[{'))) as Pm2Process[];
  }

  /** Ends the daemon with all that it runs. */
  async kill(): Promise<void> {
    await this.call('kill');
    rmSync(this.home, { recursive: true, force: true });
  }
}
