import { execFileSync } from 'node:child_process';
import { Wrong } from '../options';

const OTHER_FILES = 500;

/** @throws Wrong when this shell does not allow a connection for every user, with what to do about it */
export function assertOpenFiles(users: number): void {
  const needed = users + OTHER_FILES;
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  if (limit === 'unlimited' || Number(limit) >= needed) return;
  throw new Wrong(
    `${users} users need ${needed} open files, and this shell allows ${limit}. Run this first:\n  ulimit -n ${needed}\n` +
      'Where it is refused, raise "nofile" in /etc/security/limits.conf and sign in again.',
  );
}
