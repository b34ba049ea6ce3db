import { loadConfig } from '@prior/config';
import { roles, signDevToken, type Role } from '@prior/http';
import { UsageError, wholeNumber, type Command } from '../command';

const DAY_S = 86_400;

export const tokenCommand: Command = {
  name: 'token',
  summary: 'Makes a token for trying things out, signed with JWT_SECRET.',
  flags: {
    role: { type: 'string', value: 'ROLE', help: `${roles.join(', ')}; default customer` },
    sub: { type: 'string', value: 'SUBJECT', help: 'whose token it is; default dev-ROLE' },
    name: { type: 'string', value: 'NAME', help: 'what is shown beside a review' },
    ttl: { type: 'string', value: 'SECONDS', help: `how long it is good for; default ${DAY_S}, a day` },
  },
  details: 'Real tokens come from whoever signs people in; README.md says which claims they need.',
  async run(invocation) {
    const { role = 'customer', sub, name } = invocation.values;
    if (!roles.some((one) => one === role)) {
      throw new UsageError(`--role must be one of ${roles.join(', ')}, not "${String(role)}".`);
    }
    const { auth } = loadConfig();
    const token = await signDevToken(auth, {
      role: role as Role,
      expiresInS: wholeNumber(invocation, 'ttl', DAY_S, 1, 366 * DAY_S),
      ...(typeof sub === 'string' && { subject: sub }),
      ...(typeof name === 'string' && { name }),
    });
    console.log(token);
    return 0;
  },
};
