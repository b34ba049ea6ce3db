import { Module, type OnModuleInit } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BinlogFollower } from '@prior/cache';
import { ReplicaMonitor } from '@prior/database';
import { adminJson, AdminRouter } from '@prior/http';
import { RedisConnection } from '@prior/resilience';
import { followerPart } from './follower-part';
import { HealthController } from './health.controller';
import { type HealthReport, HealthService } from './health.service';
import { HEALTH_PARTS } from './part';
import { primaryPart, redisPart, replicasPart } from './parts';

@Module({
  // Its log would repeat with every probe what the monitors say once.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [
    HealthService,
    {
      provide: HEALTH_PARTS,
      inject: [ReplicaMonitor, RedisConnection, BinlogFollower],
      useFactory: (monitor: ReplicaMonitor, redis: RedisConnection, follower: BinlogFollower) => [
        primaryPart(monitor),
        ...(monitor.replicas.length > 0 ? [replicasPart(monitor)] : []),
        redisPart(redis),
        ...(follower.health.role === 'off' ? [] : [followerPart(follower)]),
      ],
    },
  ],
})
export class HealthModule implements OnModuleInit {
  constructor(
    private readonly health: HealthService,
    private readonly admin: AdminRouter,
  ) {}

  onModuleInit(): void {
    const answer = ({ status, body }: HealthReport) => adminJson(status, body);
    this.admin.route('GET', '/health/live', () => answer(this.health.live()));
    this.admin.route('GET', '/health/ready', async () => answer(await this.health.ready()));
    this.admin.route('GET', '/health/startup', () => answer(this.health.startup()));
  }
}
