import { cache } from './cache';
import { database } from './database';
import { edge } from './edge';
import { http } from './http';
import { runtime } from './runtime';
import { traffic } from './traffic';

/** Every metric of the service, by area. docs/metrics.md lists them. */
export const metrics = { http, cache, edge, database, traffic, runtime } as const;
