import { primaryPart, redisPart, replicasPart } from './parts';

type Monitor = Parameters<typeof replicasPart>[0];
const monitorOf = (...replicas: { healthy: boolean; lagMs?: number }[]) =>
  ({ replicas }) as unknown as Monitor;

it('replicas: all, some, none', () => {
  const fine = { healthy: true, lagMs: 3.4 };
  const dead = { healthy: false, lagMs: 9_000 };
  expect(replicasPart(monitorOf(fine, fine)).check()).toEqual({
    status: 'up',
    detail: { healthy: 2, total: 2, lagMs: 3 },
  });
  expect(replicasPart(monitorOf(fine, dead)).check()).toEqual({
    status: 'degraded',
    detail: { healthy: 1, total: 2, lagMs: 3 },
  });
  expect(replicasPart(monitorOf(dead, dead)).check()).toEqual({
    status: 'down',
    detail: { healthy: 0, total: 2 },
  });
});

it('primary and Redis are there or not', () => {
  expect(primaryPart({ primaryUp: true }).check().status).toBe('up');
  expect(primaryPart({ primaryUp: false }).check().status).toBe('down');
  expect(redisPart({ session: () => undefined }).check().status).toBe('down');
});
