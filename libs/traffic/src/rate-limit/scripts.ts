import { RedisScript } from '@prior/resilience';

/** For each key, one after the other: 1 or 0 (the conditional request was allowed), and what is owed now in µs. */
export type Answers = number[];

/**
 * GCRA over any number of keys. Time is the server's own, so the clocks of the processes do not matter.
 *
 * ARGV for each key: cost of one request in µs, most that may be owed in µs, requests to charge in any case
 * (admitted already, on some process's word), requests to admit if they fit.
 */
export const gcraScript = new RedisScript<Answers>(
  'rate-limit',
  `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
for i, key in ipairs(KEYS) do
  local interval, tolerance = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
  local charge, ask = tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
  local owed = math.max(0, (tonumber(redis.call('GET', key) or now) - now))
  -- More than this can only come from a clock that was set back.
  owed = math.min(owed, 4 * tolerance) + charge * interval
  local allowed = 1
  if ask > 0 and owed + ask * interval > tolerance then
    allowed = 0
  else
    owed = owed + ask * interval
  end
  if owed > 0 and charge + ask * allowed > 0 then
    redis.call('SET', key, string.format('%.0f', now + owed), 'PX', math.ceil(owed / 1000))
  end
  answers[2 * i - 1] = allowed
  answers[2 * i] = owed
end
return answers
`,
);

/**
 * Test harness (mutant \`fixed-window\`): what most limiters do. It counts in windows of the clock, so that twice
 * the limit passes around the end of one. The checks must notice.
 */
export const fixedWindowScript = new RedisScript<Answers>(
  'rate-limit-fixed-window',
  `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
for i, key in ipairs(KEYS) do
  local interval, tolerance = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
  local charge, ask = tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
  local window = math.floor(now / tolerance)
  local name = key .. ':' .. string.format('%.0f', window)
  local count = tonumber(redis.call('GET', name) or 0) + charge
  local allowed = 1
  if ask > 0 and (count + ask) * interval > tolerance then allowed = 0 else count = count + ask end
  redis.call('SET', name, string.format('%.0f', count), 'PX', math.ceil(tolerance / 1000))
  answers[2 * i - 1] = allowed
  answers[2 * i] = allowed == 1 and count * interval or tolerance - interval + (window + 1) * tolerance - now
end
return answers
`,
);
