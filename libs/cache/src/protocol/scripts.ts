import { RedisScript } from '@prior/resilience';

/**
 * Tags live in one hash each: field `v` is the version, field `d` the time (ms, Redis's clock) at which a pending drop
 * is due. Both in one key, so that an eviction takes both or none: a lost `d` alone would keep a stale list alive.
 *
 * A version is a random id made by the client, because Redis's own random numbers repeat after a restart.
 */

/**
 * Reads versions. KEYS: tags. ARGV: id for new versions, ms a version is kept, ms that a drop is pending at most.
 * Answers two items per tag: its version, and 1 if a drop is pending (0 if not).
 */
export const READ_TAGS = new RedisScript<(string | number)[]>(
  'tags.read',
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local out = {}
for i, key in ipairs(KEYS) do
  local tag = redis.call('HMGET', key, 'v', 'd')
  local version, due = tag[1], tag[2]
  -- A missing tag is made here, in the same step that reports it: made by a later command, two readers could
  -- both find it missing and fill under different versions, and an invalidation between them would be lost (R1).
  -- A due drop happens here too, so that no timer has to survive until then (R3). One that is due later than any
  -- drop can be was marked before the server's clock was set back: nobody knows when its time has come.
  if not version or (due and (tonumber(due) <= now or tonumber(due) > now + ARGV[3])) then
    version = ARGV[1] .. ':' .. i
    due = false
    redis.call('DEL', key)
    redis.call('HSET', key, 'v', version)
    redis.call('PEXPIRE', key, ARGV[2])
  end
  out[#out + 1] = version
  out[#out + 1] = due and 1 or 0
end
return out
`,
);

/**
 * Drops tags. KEYS: tags. ARGV: id for new versions, ms a version is kept, ms until a pending drop is due, then one
 * `now` or `soon` per tag.
 */
export const DROP_TAGS = new RedisScript<number>(
  'tags.drop',
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
  if ARGV[3 + i] == 'now' then
    -- A new version, whatever was there: entries that carry the old one are invalid from this step on (R1).
    redis.call('DEL', key)
    redis.call('HSET', key, 'v', ARGV[1] .. ':' .. i)
    redis.call('PEXPIRE', key, ARGV[2])
  elseif redis.call('HEXISTS', key, 'v') == 1 then
    -- The first pending drop keeps its time: steady writes must not postpone it for ever.
    redis.call('HSETNX', key, 'd', now + ARGV[3])
  end
  -- (A tag that is missing has no valid entries: nothing to drop later.)
end
return #KEYS
`,
);

/**
 * Takes a lease, or says that another has it. KEYS: lease, entry. ARGV: owner, ms. Answers 0 when it is another's, and
 * when it is the caller's now 1 where an entry is stored, 2 where there is none: a look for it would be in vain.
 */
export const TAKE_LEASE = new RedisScript<number>(
  'lease.take',
  `
local mine = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) or redis.call('GET', KEYS[1]) == ARGV[1]
if not mine then return 0 end
return 2 - redis.call('EXISTS', KEYS[2])
`,
);

/** Gives a lease back. KEYS: lease. ARGV: owner. Only the owner can: it may have expired and be another's by now. */
export const RELEASE_LEASE = new RedisScript<number>(
  'lease.release',
  `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`,
);
