import { Program } from '../lab/program';
import { freePorts } from '../../scripts/lib/ports.js';

/**
 * One worker of this application as it is shipped: every guard, limiter, metric and header on.
 *
 * The limiter counts every request; only the number that it allows is raised, because all of the load comes from one
 * address. In the test with many users (`npm run bench:users`) it has its shipped numbers.
 *
 * @param env the servers, and what a case changes: no L1, for example
 */
export async function startOurs(name: string, env: Record<string, string>): Promise<Program> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  return Program.start(name, {
    args: ['dist/apps/api/src/main.js'],
    env: {
      RATE_LIMIT_READ_PER_MIN: '6000000',
      RATE_LIMIT_WRITE_PER_MIN: '6000000',
      WORKERS: '1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      SHUTDOWN_DELAY_MS: '0',
      ...env,
    },
    port,
    ready: '/health/ready',
  });
}
