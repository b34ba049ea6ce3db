import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiNode } from '../../support/fleet/node';
import { LIMIT_MS } from '../history/register';
import type { Lab } from '../lab/lab';
import type { Kind, ProductModel } from '../shop/model';

/** A known interleaving, played step by step. What it reads is judged like everything else. */
export interface Race {
  readonly name: string;
  /** Why this lab cannot play it; undefined when it can. */
  impossible?(lab: Lab): string | undefined;
  play(lab: Lab): Promise<void>;
}

/** From now on nobody may see what was there before. */
export const promiseTime = () => sleep(LIMIT_MS + 50);

/** A product that nobody else writes, until `done`. */
export function take(lab: Lab, kind: Kind): ProductModel {
  const found = lab.shop.of(kind).find(({ free }) => free);
  if (!found) throw new Error(`No ${kind} is free`);
  found.busy = true;
  return found;
}

export const node = (lab: Lab, i: number): ApiNode => {
  const found = lab.fleet.nodes[i];
  if (!found) throw new Error(`This race needs ${i + 1} processes`);
  return found;
};

export const needsDatabase = (lab: Lab) =>
  lab.stack.database ? undefined : 'needs database servers of its own';
export const needsRedis = (lab: Lab) => (lab.stack.redis ? undefined : 'needs a Redis of its own');
export const needsRedisCluster = (lab: Lab) =>
  lab.stack.redisCluster ? undefined : 'needs TEST_REDIS_CLUSTER=1';
/** What comes between one process and Redis is a proxy. */
export const needsRedisLink = (lab: Lab) =>
  lab.stack.redisCluster ? 'the nodes of a Redis Cluster are reached without a proxy' : undefined;
export const needsReplicas = (lab: Lab) => (lab.stack.replicas.length > 0 ? undefined : 'needs a replica');
