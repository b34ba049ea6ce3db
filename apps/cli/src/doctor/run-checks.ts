import { isServerFailure, sqlErrno } from '@prior/database';
import { TimeLimitError, withTimeLimit } from '@prior/resilience';
import { type Check, fail, type Finding, type Group, type Outcome, skipped } from './check';

/** Longest time of one check, ms. */
export const CHECK_MS = 5_000;

/** No such right on: a schema, a table, a column, a routine, a global thing. */
const DENIED = new Set<number | undefined>([1044, 1142, 1143, 1227, 1370]);
const MISSING = new Set<number | undefined>([1054, 1146, 1176]);

/** The server does not answer any more: what is left to ask it would only wait as long again. */
const isGone = (error: unknown): boolean => error instanceof TimeLimitError || isServerFailure(error);

/** @returns the findings of all checks; they end with the first one that finds the server gone */
export async function runGroup<Subject>(
  group: Group<Subject>,
  on: string,
  subject: Subject,
): Promise<{ findings: Finding[]; gone: boolean }> {
  const findings: Finding[] = [];
  for (const check of group.checks) {
    const limitMs = check.limitMs ?? CHECK_MS;
    try {
      const looked = await withTimeLimit(
        Promise.resolve().then(() => check.look(subject)),
        limitMs,
      );
      for (const outcome of Array.isArray(looked) ? looked : [looked])
        findings.push(finding(group.name, on, check, outcome));
    } catch (error) {
      const gone = isGone(error);
      findings.push(
        finding(group.name, on, check, gone ? silence(error, limitMs) : trouble(check, subject, error)),
      );
      if (gone) return { findings, gone };
    }
  }
  return { findings, gone: false };
}

function finding<Subject>(group: string, on: string, check: Check<Subject>, outcome: Outcome): Finding {
  const { status, of, value } = outcome;
  const well = status === 'pass' || (status === 'skipped' && outcome.cure === undefined);
  return {
    group,
    on,
    check: of === undefined ? check.name : `${check.name}: ${of}`,
    status,
    value: value.replace(/\s+/g, ' '),
    target: outcome.target ?? check.target,
    cure: well ? null : (outcome.cure ?? check.cure),
  };
}

const silence = (error: unknown, limitMs: number): Outcome =>
  fail(error instanceof TimeLimitError ? `no answer within ${limitMs / 1000} s` : messageOf(error), {
    cure: 'See whether the server runs and is reachable from here; the rest of its checks was left out',
  });

function trouble<Subject>({ grant }: Check<Subject>, subject: Subject, error: unknown): Outcome {
  const errno = sqlErrno(error);
  if (DENIED.has(errno)) {
    return skipped('the account may not look at it', {
      cure: grant ? grant(subject) : messageOf(error),
    });
  }
  if (MISSING.has(errno)) return fail(messageOf(error), { cure: 'npm run migrate' });
  return fail(messageOf(error));
}

/** One line; Node hides the reasons of some errors in `errors` or `cause`. */
export function messageOf(error: unknown): string {
  const { message, code, cause, errors } = (error ?? {}) as {
    message?: string;
    code?: string;
    cause?: unknown;
    errors?: unknown[];
  };
  if (errors?.[0] !== undefined) return messageOf(errors[0]);
  if (cause !== undefined) return messageOf(cause);
  return message || code || String(error);
}
