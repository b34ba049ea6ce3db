import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import type { ReplicaMonitor } from '../read/replica-monitor';
import type { Circuits } from '../servers/circuits';
import type { PublishedRows } from '../write/published-rows';

/** Sends the last statements before TypeORM's module closes the pools. */
export class DatabaseLifecycle implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly monitor: ReplicaMonitor,
    private readonly publishedRows: PublishedRows,
    private readonly circuits: Circuits,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.monitor.stop();
    await this.publishedRows.flush();
  }

  onApplicationShutdown(): void {
    for (const circuit of [this.circuits.primary, ...this.circuits.replicas]) circuit.close();
  }
}
