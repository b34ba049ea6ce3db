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
 * Drops tags. KEYS: tags, the feed, then one mark per outbox row that says so. ARGV: id for new versions, ms that versions
 * and feed are kept, ms until a pending drop is due, drops that the feed keeps, tags that one drop may add to it, ms that
 * marks are kept, then one `now` or `soon` per tag.
 */
export const DROP_TAGS = new RedisScript<number>(
  'tags.drop',
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = #ARGV - 6
local feed = KEYS[count + 1]
local news = {}
for i = 1, count do
  local key = KEYS[i]
  -- A tag that is missing (its time was up, or Redis needed room) goes at once: processes may still know its version.
  if ARGV[6 + i] == 'now' or redis.call('HEXISTS', key, 'v') == 0 then
    -- A new version, whatever was there: entries that carry the old one are invalid from this step on (R1).
    local version = ARGV[1] .. ':' .. i
    redis.call('DEL', key)
    redis.call('HSET', key, 'v', version)
    redis.call('PEXPIRE', key, ARGV[2])
    news[#news + 1] = key
    news[#news + 1] = version
  elseif redis.call('HSETNX', key, 'd', now + ARGV[3]) == 1 then
    -- The first pending drop keeps its time: steady writes must not postpone it for ever.
    news[#news + 1] = key
    news[#news + 1] = ''
  end
end
if count > tonumber(ARGV[5]) then
  -- Too much to tell. An empty feed is one that nobody can go on with; its ids still rise.
  redis.call('XTRIM', feed, 'MAXLEN', 0)
elseif #news > 0 then
  redis.call('XADD', feed, 'MAXLEN', ARGV[4], '*', unpack(news))
  redis.call('PEXPIRE', feed, ARGV[2])
end
for i = count + 2, #KEYS do redis.call('SET', KEYS[i], '', 'PX', ARGV[6]) end
return count
`,
);

/**
 * What was dropped since. KEYS: feed, and where the follower says how far it is. ARGV: id of the last drop that the
 * reader knows, empty when none; ms that the feed is kept. Answers what the follower says (empty when nothing), and the
 * drops from that one on, that one included: were it gone, so might be others behind it. Then, and for a reader that
 * begins, it answers the id of the newest alone.
 *
 * It writes each time: a server that was made a replica keeps its connections and goes on answering reads, with what it
 * had then. It refuses to write, and a connection that is refused is given up.
 */
export const READ_FEED = new RedisScript<[covered: string, news: string | [id: string, dropped: string[]][]]>(
  'feed.read',
  `
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local covered = redis.call('GET', KEYS[2]) or ''
if ARGV[1] ~= '' then
  local found = redis.call('XRANGE', KEYS[1], ARGV[1], '+')
  if found[1] and found[1][1] == ARGV[1] then return { covered, found } end
end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if newest then return { covered, newest[1] } end
local id = redis.call('XADD', KEYS[1], '*', 'begin', '')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { covered, id }
`,
);

/** What a lease says when its holder has stored what it was for. No owner has this name. */
export const FILLED = 'filled';

/**
 * Takes leases, or says that others have them. KEYS for each: the lease, and the entry. ARGV: ms, what a filled one says, then
 * for each its owner, and 1 if what is stored as the entry makes a lease needless. Answers for each 0 when it is another's, 3
 * when there is an entry, and when it is the caller's now 1 where an earlier holder has stored something, 2 where none has: a
 * look for that would be in vain.
 */
export const TAKE_LEASES = new RedisScript<number[]>(
  'lease.take',
  `
local out = {}
for i = 1, #KEYS / 2 do
  local lease, owner = KEYS[2 * i - 1], ARGV[2 * i + 1]
  if ARGV[2 * i + 2] == '1' and redis.call('EXISTS', KEYS[2 * i]) == 1 then
    out[i] = 3
  else
    local holder = redis.call('GET', lease)
    if holder and holder ~= owner and holder ~= ARGV[2] then
      out[i] = 0
    else
      redis.call('SET', lease, owner, 'PX', ARGV[1])
      out[i] = holder == ARGV[2] and 1 or 2
    end
  end
end
return out
`,
);

/**
 * Gives leases back. KEYS: leases. ARGV: ms, what a filled one says, then for each its owner, and 1 if it was filled. Only
 * the owner can: it may have expired and be another's by now.
 */
export const RELEASE_LEASES = new RedisScript<null>(
  'lease.release',
  `
for i, lease in ipairs(KEYS) do
  if redis.call('GET', lease) == ARGV[2 * i + 1] then
    if ARGV[2 * i + 2] == '1' then redis.call('SET', lease, ARGV[2], 'PX', ARGV[1]) else redis.call('DEL', lease) end
  end
end
`,
);
