import { freePorts } from '../../../scripts/lib/ports.js';
import { ApiProcess, statusOf } from '../../support/api-process';
import { SECRETS } from '../../support/fleet/fleet';
import { sumOf } from '../../support/fleet/metrics';
import { type Stack, stackEnv } from '../../support/stack';

/** One process of the API behind an edge, and how much of the traffic reaches it. */
export class Origin {
  private constructor(
    readonly api: ApiProcess,
    readonly port: number,
    private readonly adminPort: number,
  ) {}

  static async start(
    stack: Stack,
    database: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Origin> {
    const [port, adminPort] = await freePorts(2);
    const api = new ApiProcess('main', {
      ...SECRETS,
      ...stackEnv(stack, database),
      HOST: '127.0.0.1',
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      WORKERS: '1',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_EXEMPT: '127.0.0.0/8',
      TRUST_PROXY: 'loopback',
      SHUTDOWN_DELAY_MS: '0',
      ...env,
    });
    const origin = new Origin(api, port!, adminPort!);
    try {
      await api.until('the start', async () => (await statusOf(`${origin.admin}/health/ready`)) === 200);
    } catch (error) {
      await api.stop();
      throw error;
    }
    return origin;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Requests that it has answered. */
  async requests(): Promise<number> {
    return this.metric('prior_http_request_duration_seconds_count');
  }

  async metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number> {
    return sumOf(await (await fetch(`${this.admin}/metrics`)).text(), name, labels);
  }

  private get admin(): string {
    return `http://127.0.0.1:${this.adminPort}`;
  }
}
