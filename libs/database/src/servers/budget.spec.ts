import { budgetOf } from './budget';

it.each([1, 2, 3, 4, 5, 8, 25, 50, 200])('a pool of %d is never promised twice', (pool) => {
  for (const replicas of [0, 1, 2]) {
    const { replicaReads, primaryReads, writes } = budgetOf(pool, replicas);
    const spare = pool >= 8 ? 2 : 0;
    expect(replicaReads).toBeLessThanOrEqual(pool - spare);
    // With a single connection reads and writes have to take turns.
    if (pool > 1) expect(primaryReads + writes).toBeLessThanOrEqual(pool - spare);
    expect(Math.min(replicaReads, primaryReads, writes)).toBeGreaterThan(0);
  }
});

it('gives the primary to reads where there is nothing else', () => {
  expect(budgetOf(50, 0)).toEqual({ replicaReads: 48, primaryReads: 32, writes: 16 });
  expect(budgetOf(50, 2)).toEqual({ replicaReads: 48, primaryReads: 16, writes: 32 });
});
