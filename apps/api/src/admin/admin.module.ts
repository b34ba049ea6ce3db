import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AdminRouter } from '@prior/http';
import { METRICS_CONTENT_TYPE, renderMetrics, watchRuntime } from '@prior/telemetry';

/** What every process shows on its admin port, whatever modules it has. */
@Module({})
export class AdminModule implements OnModuleInit, OnApplicationShutdown {
  private stopWatching: (() => void) | undefined;

  constructor(private readonly admin: AdminRouter) {}

  onModuleInit(): void {
    this.stopWatching = watchRuntime();
    this.admin.route('GET', '/metrics', async () => ({
      status: 200,
      contentType: METRICS_CONTENT_TYPE,
      body: await renderMetrics(),
    }));
  }

  onApplicationShutdown(): void {
    this.stopWatching?.();
  }
}
