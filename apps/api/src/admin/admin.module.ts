import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AdminRouter } from '@prior/http';
import {
  METRICS_CONTENT_TYPE,
  OPENMETRICS_CONTENT_TYPE,
  renderMetrics,
  renderOpenMetrics,
  wantsOpenMetrics,
  watchRuntime,
} from '@prior/telemetry';
import { mountLivePage } from './live-page';

/** What every process shows on its admin port, whatever modules it has. */
@Module({})
export class AdminModule implements OnModuleInit, OnApplicationShutdown {
  private stopWatching: (() => void) | undefined;

  constructor(private readonly admin: AdminRouter) {}

  onModuleInit(): void {
    this.stopWatching = watchRuntime();
    mountLivePage(this.admin);
    this.admin.route('GET', '/metrics', async ({ accept }) => {
      const open = wantsOpenMetrics(accept);
      return {
        status: 200,
        contentType: open ? OPENMETRICS_CONTENT_TYPE : METRICS_CONTENT_TYPE,
        body: await (open ? renderOpenMetrics() : renderMetrics()),
      };
    });
  }

  onApplicationShutdown(): void {
    this.stopWatching?.();
  }
}
