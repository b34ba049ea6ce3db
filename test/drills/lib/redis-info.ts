import type { RedisServer } from '../../../scripts/lib/redis.js';

/** One field of INFO; '' when it is not there. INFO itself is longer than our plain client reads. */
export async function infoOf(redis: RedisServer, section: string, field: string): Promise<string> {
  const script = `return redis.call('INFO', ARGV[1]):match('\\n' .. ARGV[2] .. ':(%w+)') or ''`;
  return redis.command('EVAL', script, '0', section, field);
}

/** Changes with every life of the server. */
export const runIdOf = (redis: RedisServer): Promise<string> => infoOf(redis, 'server', 'run_id');
