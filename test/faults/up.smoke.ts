import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from '../../scripts/lib/ports.js';
import { isAlive, signal, type Proc } from '../../scripts/lib/proc.js';
import { readState } from '../../scripts/lib/servers.js';
import { UpFiles } from '../../scripts/lib/up-state.js';

/** `npm run up` and `npm run down` as a user meets them, with a crash in between. */
jest.setTimeout(300_000);

const root = resolve(__dirname, '../..');
const local = mkdtempSync(join(tmpdir(), 'prior-up-smoke-'));
const env: NodeJS.ProcessEnv = { ...process.env, PRIOR_LOCAL: local };
const everStarted: Proc[] = [];

interface Ended {
  status: number | null;
  text: string;
}

function script(name: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'scripts', name), ...args], { cwd: root, env });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk));
  return new Promise((done) => child.once('close', (status) => done({ status, text })));
}

/** The processes that are written down, the API first. */
function written(): Proc[] {
  const state = readState(join(local, 'servers'));
  const all = [files.read().api, ...(state?.maria ?? []).map(({ proc }) => proc), state?.redis?.proc];
  const found = all.filter((proc) => proc !== undefined);
  everStarted.push(...found);
  return found;
}

const { PRIOR_LOCAL } = process.env;
process.env.PRIOR_LOCAL = local;
const files = new UpFiles(root);
if (PRIOR_LOCAL === undefined) delete process.env.PRIOR_LOCAL;
else process.env.PRIOR_LOCAL = PRIOR_LOCAL;

let url: string;

beforeAll(async () => {
  const [port, adminPort] = await freePorts(2);
  Object.assign(env, { PORT: String(port), ADMIN_PORT: String(adminPort), WORKERS: '1' });
  url = `http://127.0.0.1:${port}`;
});

afterAll(async () => {
  await script('down.js');
  rmSync(local, { recursive: true, force: true });
});

it('starts, seeds and answers', async () => {
  const { status, text } = await script('up.js', '--detach', '--products', '200');
  expect({ status, text }).toMatchObject({
    status: 0,
    text: expect.stringContaining('200 products, seeded now'),
  });
  expect(written()).toHaveLength(5);
  const list = await fetch(`${url}/api/products?limit=3&inStock=false`);
  expect(await list.json()).toMatchObject({ total: 200 });
});

it('gives a command that writes, and it writes', async () => {
  const { text } = await script('up.js', '--detach');
  expect(text).toContain('is running already');
  const token = /Bearer (\S+?)'/.exec(text)?.[1];
  const body = /-d '(.+)'$/m.exec(text)?.[1];
  const answer = await fetch(`${url}/api/products`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  expect({ status: answer.status, text: await answer.text() }).toMatchObject({ status: 201 });
});

it('mends a run that was killed, and keeps its data', async () => {
  const [api, , replica] = written();
  signal(api, 'SIGKILL');
  signal(replica, 'SIGKILL');
  const { status, text } = await script('up.js', '--detach');
  expect({ status, text }).toMatchObject({
    status: 0,
    text: expect.stringContaining('ending what a killed run left behind'),
  });
  expect(text).toContain('201 products from an earlier run, kept');
  expect(written().map(isAlive)).not.toContain(false);
});

it('stops everything that it ever started', async () => {
  expect((await script('down.js')).text).toContain('Stopped.');
  expect(everStarted.length).toBeGreaterThan(5);
  expect(everStarted.map(isAlive)).not.toContain(true);
});
