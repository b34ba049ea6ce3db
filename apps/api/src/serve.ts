import cluster from 'node:cluster';
import { loadConfig } from '@prior/config';
import { createLogger, NestLogger, onTracingTrouble } from '@prior/telemetry';
import { createApp } from './app.factory';
import { SUPERVISED_FLAG } from './supervisor';
import { explainStart } from './explain';
import { ApiWorker } from './worker';

/** One worker: builds the app, listens, drains on SIGTERM or SIGINT. Never rejects: what fails is said, and the process ends. */
export const serve = (): Promise<void> => main().catch((error: unknown) => process.exit(explainStart(error)));

async function main(): Promise<void> {
  const config = loadConfig();
  const { env, logLevel, shutdownDelayMs } = config.runtime;
  const supervised = process.argv.includes(SUPERVISED_FLAG);
  const logger = createLogger({
    level: logLevel,
    pretty: env === 'development',
    base: { pid: process.pid },
    // PM2's cluster mode reads what goes through this stream; what is written past it, to the descriptor, is lost.
    ...(cluster.isWorker && !supervised && { destination: process.stdout }),
  });
  onTracingTrouble((text) => logger.warn({ context: 'Tracing' }, text));

  const app = await createApp(config, { logger: new NestLogger(logger) });
  const worker = new ApiWorker(app, config, logger, supervised);

  const leave = (delayMs: number): void => {
    void worker.leave(delayMs).then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'Stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => leave(supervised ? 0 : shutdownDelayMs));
  // A terminal sends SIGINT to the whole group: the supervisor decides what it means for its workers.
  process.on('SIGINT', () => supervised || leave(shutdownDelayMs));
  // The supervisor is gone: nobody would ever stop or replace this process.
  if (supervised) {
    // Node would exit at once, in the middle of what is being answered.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
    process.on('disconnect', () => leave(0));
  }
  // After an error that nobody caught, nothing in the process can be relied on.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event);
      process.exit(1);
    });
  }
  await worker.start(leave);
}
