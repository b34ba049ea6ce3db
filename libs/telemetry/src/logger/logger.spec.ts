import { createLogger, setLogContext } from './logger';
import { NestLogger } from './nest-logger';
import { readable } from './readable';

function capture(level = 'debug') {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('logger', () => {
  afterEach(() => setLogContext(() => undefined));

  it('hides secrets at any depth, in texts and in errors', () => {
    const { logger, lines } = capture();
    logger.info(
      {
        req: { headers: { Authorization: 'Bearer hunter2-abc', Cookie: 's=hunter2' } },
        db: { password: 'hunter2' },
      },
      'sent Bearer hunter2.abc.def to mysql://app:hunter2@db:3306/prior',
    );
    logger.error(
      { err: new Error('connect redis://:hunter2@cache failed', { cause: { accessToken: 'hunter2' } }) },
      'x',
    );
    logger.warn('GET with %s', 'Basic aHVudGVyMg==');
    expect(lines.join('')).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(lines.join('')).toContain('mysql://app:[redacted]@db:3306/prior');
  });

  it('keeps what is not secret, error codes and causes included', () => {
    const { logger, last } = capture();
    const error = Object.assign(new Error('refused', { cause: new Error('inner') }), {
      code: 'ECONNREFUSED',
    });
    logger.error({ err: error, slug: 'a-b' }, 'failed');
    expect(last()).toMatchObject({
      msg: 'failed',
      slug: 'a-b',
      err: { code: 'ECONNREFUSED', message: 'refused', cause: { message: 'inner' } },
    });
  });

  it('survives circular objects', () => {
    const { logger, lines } = capture();
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    logger.info({ loop }, 'round');
    expect(lines).toHaveLength(1);
  });

  it('adds the request being served', () => {
    const { logger, last } = capture();
    setLogContext(() => ({ requestId: 'r-1' }));
    logger.info('hello');
    expect(last()).toMatchObject({ requestId: 'r-1', msg: 'hello' });
  });

  it('serves Nest: context last, stacks as errors', () => {
    const { logger, last } = capture();
    const nest = new NestLogger(logger);
    nest.log('started', 'Bootstrap');
    expect(last()).toMatchObject({ level: 30, context: 'Bootstrap', msg: 'started' });
    nest.error('broken', new Error('why').stack, 'Repo');
    expect(last()).toMatchObject({
      level: 50,
      context: 'Repo',
      msg: 'broken',
      err: { stack: expect.stringContaining('why') },
    });
    nest.error(new Error('direct'));
    expect(last()).toMatchObject({ msg: 'direct', err: { message: 'direct' } });
  });

  it('writes readable lines in development', () => {
    const out: string[] = [];
    const logger = createLogger({
      level: 'info',
      destination: readable({ write: (text) => out.push(text) }),
    });
    logger.warn({ context: 'Cache', n: 2 }, 'full');
    expect(out[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}\[Cache\] full \{"n":2\}\n$/);
  });
});
