import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { Lifecycle } from '../lifecycle';
import { HEALTH_PARTS, type Part } from './part';

export interface HealthReport {
  readonly status: number;
  readonly body: object;
}

/** The three questions of an orchestrator. */
@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: Lifecycle,
    @Inject(HEALTH_PARTS) private readonly parts: readonly Part[],
  ) {}

  /** Does the process still work? Nothing outside of it counts: a restart would not bring a database back. */
  live(): HealthReport {
    return { status: 200, body: { status: 'ok', uptimeS: Math.floor(process.uptime()) } };
  }

  /** Has it started? */
  startup(): HealthReport {
    const started = this.lifecycle.state !== 'starting';
    return { status: started ? 200 : 503, body: { status: started ? 'ok' : 'starting' } };
  }

  /** Can it answer? With one server that reads can come from it can: that is `degraded`, and still 200. */
  async ready(): Promise<HealthReport> {
    if (this.lifecycle.state !== 'serving') return { status: 503, body: { status: this.lifecycle.state } };
    const found = this.parts.map((part) => ({ part, health: part.check() }));
    const canAnswer = found.some(({ part, health }) => part.answersReads && health.status !== 'down');
    const asked = found.map(({ part, health: { status, detail = {} } }) => () => {
      const session = this.indicators.check(part.name);
      if (status === 'up') return session.up(detail);
      return canAnswer ? session.degraded({ ...detail, state: status }) : session.down(detail);
    });
    try {
      return { status: 200, body: await this.checks.check(asked) };
    } catch (error) {
      if (error instanceof ServiceUnavailableException)
        return { status: 503, body: error.getResponse() as object };
      throw error;
    }
  }
}
