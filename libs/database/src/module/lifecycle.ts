import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { ReplicaMonitor } from '../read/replica-monitor';
import type { PublishedRows } from '../write/published-rows';

/** Sends the last statements before TypeORM's module closes the pools. */
export class DatabaseLifecycle implements BeforeApplicationShutdown {
  constructor(
    private readonly monitor: ReplicaMonitor,
    private readonly publishedRows: PublishedRows,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.monitor.stop();
    await this.publishedRows.flush();
  }
}
