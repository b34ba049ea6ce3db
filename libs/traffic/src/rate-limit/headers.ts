import type { RateDecision } from './decision';
import type { RatePolicy } from './rate';

const policies = new WeakMap<RatePolicy, string>();

function policyHeader(policy: RatePolicy): string {
  let text = policies.get(policy);
  if (!text) policies.set(policy, (text = `"${policy.name}";q=${policy.limit};w=${policy.windowMs / 1000}`));
  return text;
}

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-10: the policy (`q` requests in `w` seconds) and where the
 * caller stands (`r` left, all of them again in `t` seconds), and Retry-After (RFC 9110, section 10.2.3) on a denial.
 */
export function rateHeaders({
  policy,
  allowed,
  remaining,
  resetS,
  retryAfterS,
}: RateDecision): Record<string, string> {
  return {
    'ratelimit-policy': policyHeader(policy),
    ratelimit: `"${policy.name}";r=${remaining};t=${resetS}`,
    ...(allowed ? {} : { 'retry-after': String(retryAfterS) }),
  };
}

/** The same fields of an allowed request as lines of a head. */
export const rateHeaderLines = ({ policy, remaining, resetS }: RateDecision): string =>
  `ratelimit-policy: ${policyHeader(policy)}\r\nratelimit: "${policy.name}";r=${remaining};t=${resetS}\r\n`;
