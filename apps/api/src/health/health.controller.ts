import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answer } from '@prior/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type HealthReport, HealthService } from './health.service';

const part = z.looseObject({ status: z.enum(['up', 'degraded', 'down']) });
const parts = z.record(z.string(), part);

const processHealth = z.object({ status: z.string(), uptimeS: z.number().optional() });
const readiness = z.object({
  status: z.enum(['ok', 'degraded', 'error', 'starting', 'draining']),
  details: parts.optional().meta({ description: 'Each part that answers depend on' }),
});

/** The probes on the public port, for balancers that cannot reach the admin port. 503 has the same body as 200. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @ApiOperation({ summary: 'Does the process work? (liveness)' })
  @Answer(processHealth)
  live(@Res({ passthrough: true }) reply: FastifyReply): z.output<typeof processHealth> {
    return answer(reply, this.health.live());
  }

  @Get('ready')
  @ApiOperation({ summary: 'Can it answer? (readiness)' })
  @Answer(readiness, { description: 'It can, perhaps with less behind it than usual (`degraded`)' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<z.output<typeof readiness>> {
    return answer(reply, await this.health.ready());
  }

  @Get('startup')
  @ApiOperation({ summary: 'Has it started? (startup)' })
  @Answer(processHealth)
  startup(@Res({ passthrough: true }) reply: FastifyReply): z.output<typeof processHealth> {
    return answer(reply, this.health.startup());
  }
}

function answer<T>(reply: FastifyReply, { status, body }: HealthReport): T {
  reply.code(status);
  return body as T;
}
