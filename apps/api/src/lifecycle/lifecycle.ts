import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Where the process stands between its start and its end. Readiness shows it to balancers. */
@Injectable()
export class Lifecycle implements OnApplicationBootstrap {
  state: 'starting' | 'serving' | 'draining' = 'starting';

  onApplicationBootstrap(): void {
    if (this.state === 'starting') this.state = 'serving';
  }
}
