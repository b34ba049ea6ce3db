import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  createReadStream,
  mkdirSync,
  closeSync,
  fstatSync,
  openSync,
  readSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { need } from '../../../scripts/lib/binaries.js';
import type { MariaServer } from '../../../scripts/lib/mariadb.js';

const run = promisify(execFile);

/** A dump of every schema that is not the server's own, and the position at which it was taken. */
export interface Backup {
  readonly file: string;
  /** MariaDB's GTID position, every domain of it. */
  readonly position: string;
}

const environment = (server: MariaServer) => ({
  ...process.env,
  MYSQL_PWD: server.state.accounts.rootPassword,
});
const address = (server: MariaServer) => [
  '--no-defaults',
  '--protocol=tcp',
  '--host=127.0.0.1',
  `--port=${server.port}`,
  '--user=root',
  '--default-character-set=utf8mb4',
];

/** Dumps a server that goes on writing: one snapshot, no lock. */
export async function dump(server: MariaServer, file: string): Promise<Backup> {
  const own = "('information_schema', 'performance_schema', 'mysql', 'sys')";
  const schemas = await server.sql(
    `SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ${own}`,
  );
  await run(
    need('mariadb-dump'),
    [
      ...address(server),
      ...[
        '--single-transaction',
        '--master-data=1',
        '--gtid',
        '--routines',
        '--triggers',
        '--events',
        '--hex-blob',
      ],
      `--result-file=${file}`,
      '--databases',
      ...schemas.flat(),
    ],
    { env: environment(server) },
  );
  return { file, position: positionIn(file) };
}

const ENDS = 65_536;

/** The position is among the first lines or the last, by the version of the program; anything else may be content. */
function positionIn(file: string): string {
  const open = openSync(file, 'r');
  const part = Buffer.alloc(ENDS);
  const { size } = fstatSync(open);
  const texts = [Math.max(0, size - ENDS), 0].map((at) =>
    part.toString('utf8', 0, readSync(open, part, 0, ENDS, at)),
  );
  closeSync(open);
  const found = texts.map((text) => /^(?:-- )?SET GLOBAL gtid_slave_pos='([^']*)'/m.exec(text)).find(Boolean);
  if (!found) throw new Error(`${file} does not say at which GTID position it was taken`);
  return found[1]!;
}

/**
 * Loads a dump into an empty server. Not into its binlog: what is loaded has happened before the dump's position, and
 * a replica of this server must not get it a second time.
 */
export async function restore(server: MariaServer, { file }: Backup): Promise<void> {
  const child = spawn(need('mariadb'), [...address(server), '--init-command=SET SESSION sql_log_bin=0'], {
    env: environment(server),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => undefined);
  createReadStream(file).pipe(child.stdin);
  if ((await ended) !== 0) throw new Error(`${server.name}: the dump could not be loaded: ${said.trim()}`);
}

/** Takes whatever the server held away: it is as new, with the accounts and nothing else, and it runs. */
export async function empty(server: MariaServer, template: string): Promise<void> {
  await server.kill();
  rmSync(server.state.dir, { recursive: true, force: true });
  mkdirSync(server.state.dir, { recursive: true, mode: 0o700 });
  cpSync(template, join(server.state.dir, 'data'), { recursive: true });
  delete server.state.source;
  await server.start();
}

/** A server that starts as a copy of a primary and follows it from there on. */
export async function makeReplica(
  server: MariaServer,
  primary: MariaServer,
  backup: Backup,
  template: string,
) {
  await empty(server, template);
  await restore(server, backup);
  server.state.source = { port: primary.port };
  await server.sql('SET GLOBAL read_only = 1');
  await server.startReplication();
  server.changed();
}
