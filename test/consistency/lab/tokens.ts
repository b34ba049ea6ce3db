import type { Role } from '@prior/http';
import { signDevToken } from '../../../libs/http/src/auth/dev-token';
import { ConsistencyTokens } from '../../../libs/cache/src/token/consistency-token';
import { SECRETS } from '../../support/fleet/fleet';

const auth = {
  secret: SECRETS.JWT_SECRET,
  jwksUrl: null,
  issuer: 'prior',
  audience: 'prior-api',
  consistencySecret: SECRETS.CONSISTENCY_SECRET,
};

const known = new Map<string, string>();

/** An Authorization header's value; the same for the same subject. */
export async function bearer(role: Role, subject: string = role): Promise<string> {
  const key = `${role} ${subject}`;
  let value = known.get(key);
  if (value === undefined) {
    value = `Bearer ${await signDevToken(auth, { role, subject })}`;
    known.set(key, value);
  }
  return value;
}

const hour = 3_600_000;

/** Consistency tokens that must change nothing. */
export const worthlessTokens = (): string[] => [
  new ConsistencyTokens('a key of somebody else, of the right length').issue(true),
  new ConsistencyTokens(SECRETS.CONSISTENCY_SECRET).issue(true, Date.now() - hour),
  new ConsistencyTokens(SECRETS.CONSISTENCY_SECRET).issue(false, Date.now() - hour),
  'nonsense',
];
