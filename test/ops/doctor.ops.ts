import { loadConfig } from '@prior/config';
import type { Finding } from '../../apps/cli/src/doctor/check';
import { diagnose } from '../../apps/cli/src/doctor/doctor';
import { migratedDatabase } from '../support/migrated';
import { SECRETS } from '../support/fleet/fleet';
import { stackEnv, startPrivateStack } from '../support/stack';
import { Origin } from './edge/origin';
import { EdgeProgram } from './edge/programs';
import { untilStored } from './edge/visitor';

/** What the doctor sees through real edges, with the configuration that deploy/edge has for them. */
describe('the doctor, through an edge', () => {
  let stack: Awaited<ReturnType<typeof startPrivateStack>>;
  let database: string;
  let origin: Origin;

  beforeAll(async () => {
    stack = await startPrivateStack({ replicas: 0 });
    database = await migratedDatabase(stack);
    // Without the exemption of the edge's own suite: limits are what is asked about.
    origin = await Origin.start(stack, database, { RATE_LIMIT_EXEMPT: '' });
  }, 120_000);
  afterAll(async () => {
    await origin?.api.stop();
    await stack?.discard();
  });

  const doctor = (url: string, env: Readonly<Record<string, string>> = {}) =>
    diagnose(
      loadConfig({
        ...SECRETS,
        ...stackEnv(stack, database),
        TRUST_PROXY: 'loopback',
        ADMIN_PORT: '1',
        ...env,
      }),
      {
        hosts: 1,
        url,
      },
    );
  const of = (findings: readonly Finding[], check: string) => {
    const found = findings.find((one) => one.check.startsWith(check) && /edge|Rate limits/.test(one.group));
    return found && [found.status, found.value];
  };

  it.each(['varnish', 'nginx'] as const)('%s', async (program) => {
    const edge = await EdgeProgram[program](origin.port);
    try {
      await untilStored(`${edge.url}/api/products?limit=5`);
      const found = await doctor(edge.url);
      expect(of(found, 'CDN')).toEqual(['pass', expect.any(String)]);
      expect(of(found, 'the second time')).toEqual(['pass', expect.stringMatching(/^HIT/)]);
      expect(of(found, 'Cache-Control')).toEqual(['pass', expect.stringContaining('s-maxage=30')]);
      expect(of(found, 'signed in')).toEqual(['pass', 'goes to the origin']);
      expect(of(found, 'RateLimit headers')).toEqual(['pass', expect.stringContaining('q=100')]);
      expect(of(found, 'who is limited')).toEqual(['pass', 'clients behind loopback']);
      const untrusting = await doctor(edge.url, { TRUST_PROXY: '' });
      expect(of(untrusting, 'who is limited')).toEqual(['fail', expect.stringContaining('as one client')]);
    } finally {
      await edge.stop();
    }
  });

  it('without one', async () => {
    const found = await doctor(origin.url);
    expect(of(found, 'CDN')).toEqual(['warn', expect.stringContaining('none')]);
    expect(of(found, 'RateLimit headers')).toEqual(['pass', expect.stringContaining('q=100')]);
  });
});
