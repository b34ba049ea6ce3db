import {
  Controller,
  createParamDecorator,
  Get,
  Param,
  type PipeTransform,
  Query,
  Req,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { Throttle } from '@nestjs/throttler';
import { LoadContext } from '@prior/http';
import { z } from 'zod';
import type { CachedOptions } from './cached.decorator';
import { DirectHandlers } from './direct-handlers';
import { Load } from './load.decorator';

const schema = z.object({ limit: z.string() });
const id = z.coerce.number();
const other = z.object({ limit: z.string() });
const pipe: PipeTransform = { transform: (value: unknown) => value };
const Somebody = createParamDecorator(() => 'somebody');
class Interceptor {
  intercept = (_: unknown, next: { handle(): never }) => next.handle();
}

@Controller()
class Things {
  readonly name = 'things';

  @Get()
  none(): unknown {
    return this.name;
  }

  @Get()
  both(@Param('slug') slug: string, @Query({ schema }) query: unknown): unknown {
    return [slug, query];
  }

  @Get()
  anotherSchema(@Query({ schema: other }) query: unknown): unknown {
    return query;
  }

  @Get()
  withoutSchema(@Query() query: unknown): unknown {
    return query;
  }

  @Get()
  oneOfQuery(@Query('limit') limit: string): unknown {
    return limit;
  }

  @Get()
  allOfPath(@Param() params: unknown): unknown {
    return params;
  }

  @Get()
  partBySchema(@Param('id', { schema: id }) value: number): unknown {
    return value;
  }

  @Get()
  piped(@Param('slug', pipe) slug: string): unknown {
    return slug;
  }

  @Get()
  @UsePipes(pipe)
  allPiped(@Param('slug') slug: string): unknown {
    return slug;
  }

  @Get()
  @UseInterceptors(Interceptor)
  intercepted(): unknown {
    return 1;
  }

  @Get()
  @Throttle({ default: { limit: 1, ttl: 1 } })
  throttled(): unknown {
    return 1;
  }

  @Get()
  ofRequest(@Req() request: unknown): unknown {
    return request;
  }

  @Get()
  ofLoad(@Param('slug') slug: string, @Load() load: LoadContext): unknown {
    return [slug, load];
  }

  @Get()
  custom(@Somebody() who: string): unknown {
    return who;
  }

  @Get()
  undecorated(slug: string): unknown {
    return slug;
  }
}

@Controller()
@UseInterceptors(Interceptor)
class Enhanced {
  @Get()
  none(): unknown {
    return 1;
  }
}

const options: CachedOptions = { ttl: 'list', query: schema, tags: () => [] };
const callOf = (name: keyof Things, given: CachedOptions = options) => {
  const [handlers, instance] = [new DirectHandlers(), new Things()];
  handlers.add(instance, Things, name, given);
  return handlers.callOf(Things.prototype[name] as unknown as object);
};

const load = new LoadContext();

it('calls a handler with what was validated, and its own this', async () => {
  const input = { params: { slug: 'a' }, query: { limit: '1' } };
  expect(await callOf('none')?.(input, load)).toBe('things');
  expect(await callOf('both')?.(input, load)).toEqual(['a', { limit: '1' }]);
  expect(await callOf('ofLoad')?.(input, load)).toEqual(['a', load]);
});

it('calls it with a part of the path that was read by the same schema', async () => {
  const params = z.object({ id });
  const call = callOf('partBySchema', { ...options, params: params as never });
  expect(await call?.({ params: params.parse({ id: '7' }) as never, query: {} }, load)).toBe(7);
  const another = z.object({ id: z.string() });
  for (const wrong of [another, z.object({}), z.record(z.string(), z.string())])
    expect(callOf('partBySchema', { ...options, params: wrong as never })).toBeUndefined();
});

it.each<keyof Things>([
  'anotherSchema',
  'withoutSchema',
  'oneOfQuery',
  'allOfPath',
  'partBySchema',
  'piped',
  'allPiped',
  'intercepted',
  'throttled',
  'ofRequest',
  'custom',
  'undecorated',
])('leaves to the pipeline what needs more of it: %s', (name) => {
  expect(callOf(name)).toBeUndefined();
});

it('leaves to the pipeline what two controllers have inherited', () => {
  class A extends Things {}
  class B extends Things {}
  const handlers = new DirectHandlers();
  handlers.add(new A(), A, 'none', options);
  expect(handlers.callOf(Things.prototype.none)).toBeDefined();
  for (let i = 0; i < 2; i += 1) {
    handlers.add(new B(), B, 'none', options);
    expect(handlers.callOf(Things.prototype.none)).toBeUndefined();
  }
});

it('leaves to the pipeline whose path has a schema, and what a whole controller is enhanced with', () => {
  expect(callOf('both', { ...options, params: z.object({ slug: z.string() }) as never })).toBeUndefined();
  const handlers = new DirectHandlers();
  handlers.add(new Enhanced(), Enhanced, 'none', options);
  expect(handlers.callOf(Enhanced.prototype.none)).toBeUndefined();
});
