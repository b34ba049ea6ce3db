import type { Server } from '../servers/server';

/** Injection token: the servers of the configuration, `{ primary, replicas }`. */
export const DATABASE_SERVERS = Symbol('DATABASE_SERVERS');
export interface DatabaseServers {
  readonly primary: Server;
  readonly replicas: readonly Server[];
}
