import { Body, Controller, Delete, Get, Module, Param, Post, Query } from '@nestjs/common';
import {
  Answer,
  body,
  CurrentUser,
  currentContext,
  type Principal,
  query,
  queryInt,
  Roles,
} from '@prior/http';
import { z } from 'zod';

const listQuery = query({ limit: queryInt({ min: 1, max: 100 }).default(20) });
const thing = body({ name: z.string().min(1).max(20), tags: z.array(z.string()).optional() });
const answer = z.object({ name: z.string() });

/** Errors as the drivers and libraries behind a handler throw them. */
const failures: Record<string, object> = {
  duplicate: { code: 'ER_DUP_ENTRY', errno: 1062, sql: 'INSERT INTO secrets' },
  refused: { code: 'ECONNREFUSED', address: '10.0.0.1' },
  bug: { errno: 1064, sql: 'SELEC secret' },
};

/** Handlers to try the pipeline with: each does one thing that a feature's handlers do. */
@Controller('probe')
export class ProbeController {
  @Get('list')
  @Answer(z.object({ limit: z.int() }))
  list(@Query({ schema: listQuery }) found: z.output<typeof listQuery>): { limit: number } {
    return found;
  }

  @Get('named/:name')
  @Answer(answer)
  named(@Param('name') name: string): { name: string } {
    return { name };
  }

  @Get('context')
  @Answer(z.object({ id: z.string().optional(), signedIn: z.boolean() }))
  async context(): Promise<{ id?: string; signedIn: boolean }> {
    await new Promise((resolve) => setImmediate(resolve));
    return { id: currentContext()?.id, signedIn: currentContext()?.hasCredentials === true };
  }

  @Get('failure/:kind')
  failure(@Param('kind') kind: string): never {
    throw Object.assign(new Error('SELECT secret FROM users at 10.0.0.1'), failures[kind] ?? {});
  }

  @Get('wrong-answer')
  @Answer(answer)
  wrongAnswer(): { name: string } {
    return { name: undefined } as unknown as { name: string };
  }

  @Post('things')
  @Answer(answer, { status: 201 })
  make(@Body({ schema: thing }) { name }: z.output<typeof thing>): { name: string } {
    return { name: `${name} in ${currentContext()?.id}` };
  }

  @Post('mine')
  @Roles()
  @Answer(z.object({ subject: z.string(), role: z.string() }))
  mine(@CurrentUser() { subject, role }: Principal): { subject: string; role: string } {
    return { subject, role };
  }

  @Delete('things/:name')
  @Roles('admin', 'service')
  @Answer(answer)
  remove(@Param('name') name: string): { name: string } {
    return { name };
  }
}

@Module({ controllers: [ProbeController] })
export class ProbeModule {}
