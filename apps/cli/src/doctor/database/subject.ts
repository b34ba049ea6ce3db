import type { AppConfig } from '@prior/config';
import type { DatabaseServer } from './server';

/** What the checks of a database server look at. */
export interface DatabaseSubject {
  readonly db: DatabaseServer;
  readonly config: AppConfig;
  /** Hosts that run the API: each opens its own pools. */
  readonly hosts: number;
}

/** @param on what the account may not read yet */
export const grant = (on: string, { database: { user } }: AppConfig): string =>
  `GRANT SELECT ON ${on} TO '${user}'@'%'; (as root; by that account’s own host)`;
