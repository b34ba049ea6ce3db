import type { Server } from '../servers/server';

/** Injection token: the servers of the configuration, `{ primary, replicas }`. */
export const DATABASE_SERVERS = Symbol('DATABASE_SERVERS');
export interface DatabaseServers {
  readonly primary: Server;
  readonly replicas: readonly Server[];
}

/** Injection token: guarantees that the test harness switches off, to show that its checks notice. */
export const DATABASE_TEST_SWITCHES = Symbol('DATABASE_TEST_SWITCHES');
export interface DatabaseTestSwitches {
  /** Mutant `no-fence`: replicas answer as they are. */
  readonly unfenced?: boolean;
}
