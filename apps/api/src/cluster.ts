import cluster from 'node:cluster';
import { extname, join } from 'node:path';
import { loadConfig } from '@prior/config';
import { createLogger } from '@prior/telemetry';
import { AdminServer } from './admin';
import { adminProxy, SMALL_HEAP, SUPERVISED_FLAG, Supervisor } from './supervisor';
import { explainStart } from './explain';

const START_LIMIT_MS = 30_000;
/** Beyond the workers' own delays and grace: closing pools. */
const CLOSING_MS = 5_000;

/** One worker per core behind one port, and one admin port for all. SIGTERM stops, SIGHUP replaces every worker. */
async function main(): Promise<void> {
  const config = loadConfig();
  const { env, logLevel, workers, shutdownDelayMs, shutdownGraceMs, workerMemoryLimitMb } = config.runtime;
  const logger = createLogger({ level: logLevel, pretty: env === 'development', base: { pid: process.pid } });

  const exec = join(__dirname, `main${extname(__filename)}`);
  const execArgv = workerMemoryLimitMb === 0 ? process.execArgv : [...SMALL_HEAP, ...process.execArgv];
  cluster.setupPrimary({ exec, args: [SUPERVISED_FLAG], execArgv });
  const supervisor = new Supervisor({
    workers,
    stopDelayMs: shutdownDelayMs,
    drainLimitMs: shutdownDelayMs + shutdownGraceMs + CLOSING_MS,
    startLimitMs: START_LIMIT_MS,
    memoryLimit: workerMemoryLimitMb * 1_048_576,
    logger,
  });

  let stops = 0;
  const stop = (): void => {
    stops += 1;
    if (stops === 1) void supervisor.stop();
    else if (stops === 3) supervisor.kill();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => {
    logger.info('Replacing all workers');
    void supervisor.rollingRestart().then(() => logger.info('All workers are new'));
  });

  const admin = new AdminServer(adminProxy(supervisor));
  await admin.listen(config.http.adminHost, config.http.adminPort);
  await supervisor.start();
  const { length: serving } = supervisor.serving;
  if (serving > 0) logger.info({ workers: serving, admin: config.http.adminPort }, 'Workers started');

  const status = await supervisor.ended;
  await admin.close();
  process.exit(status);
}

main().catch((error: unknown) => process.exit(explainStart(error)));
