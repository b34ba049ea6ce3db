import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { need } from '../../../scripts/lib/binaries.js';
import { accepts, freePorts } from '../../../scripts/lib/ports.js';

const DEPLOY = resolve(__dirname, '../../../deploy/edge');

export const SECRET = 'only the tests purge with this';

/** A real edge in front of a port, with the configuration of deploy/edge and a folder of its own. */
export class EdgeProgram {
  private constructor(
    readonly url: string,
    private readonly dir: string,
    private readonly child: ChildProcess,
    private readonly said: () => string,
  ) {}

  /** @param port a free one, if the API has to know it beforehand */
  static async varnish(origin: number, port?: number): Promise<EdgeProgram> {
    const dir = mkdtempSync(join(tmpdir(), 'prior-varnish-'));
    cpSync(join(DEPLOY, 'varnish'), dir, { recursive: true });
    replace(join(dir, 'backend.vcl'), '"3000"', `"${origin}"`);
    const listen = port ?? (await freePorts(1))[0]!;
    const args = [
      '-F',
      '-j',
      'none',
      '-n',
      join(dir, 'work'),
      '-a',
      `127.0.0.1:${listen}`,
      '-s',
      'malloc,64m',
    ];
    return this.start(dir, listen, 'varnishd', [...args, '-f', join(dir, 'default.vcl')]);
  }

  static async nginx(origin: number): Promise<EdgeProgram> {
    const dir = mkdtempSync(join(tmpdir(), 'prior-nginx-'));
    const file = join(dir, 'prior-edge.conf');
    cpSync(join(DEPLOY, 'nginx/prior-edge.conf'), file);
    const [listen] = await freePorts(1);
    replace(file, 'server 127.0.0.1:3000;', `server 127.0.0.1:${origin};`);
    replace(file, 'listen 8080;', `listen 127.0.0.1:${listen};`);
    replace(file, '/var/cache/nginx/prior', join(dir, 'cache'));
    for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(dir, name));
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${join(dir, name.replace('client_', ''))};`,
    );
    writeFileSync(
      join(dir, 'nginx.conf'),
      `daemon off; master_process off; pid ${join(dir, 'pid')}; error_log stderr; events {}
       http { access_log off; ${folders.join(' ')} include ${file}; }`,
    );
    return this.start(dir, listen!, 'nginx', ['-p', dir, '-e', 'stderr', '-c', join(dir, 'nginx.conf')]);
  }

  private static async start(
    dir: string,
    port: number,
    program: 'varnishd' | 'nginx',
    args: string[],
  ): Promise<EdgeProgram> {
    let text = '';
    const env = { PATH: process.env.PATH ?? '', EDGE_VARNISH_SECRET: SECRET };
    const child = spawn(need(program), args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (more: string) => (text += more));
    }
    const edge = new EdgeProgram(`http://127.0.0.1:${port}`, dir, child, () => text);
    for (const end = performance.now() + 30_000; !(await accepts(port)); await sleep(50)) {
      if (child.exitCode === null && performance.now() < end) continue;
      await edge.stop();
      throw new Error(`${program} does not listen:\n${text}`);
    }
    return edge;
  }

  /** What it has printed. */
  get output(): string {
    return this.said();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function replace(file: string, what: string, by: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(what)) throw new Error(`${file} has no ${what}`);
  writeFileSync(file, text.replaceAll(what, by));
}
