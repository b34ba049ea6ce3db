import {
  type ArgumentMetadata,
  Injectable,
  type PipeTransform,
  StandardSchemaValidationPipe,
} from '@nestjs/common';
import { type FieldError, Problem } from '../problems/problem';
import { brokenText } from './broken-text';

/** A body of 256 KiB can be wrong in thousands of places; the first ones are enough to mend it. */
const MAX_ERRORS = 20;
const MAX_NAME = 100;

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly code?: string;
  readonly keys?: readonly string[];
}

/** Nest's own validation against the schema of `@Query/@Body/@Param({ schema })`, with our error for every field. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // `@Param('id')` is about `id`; without a name it is all of them.
    const whole = metadata.data ?? metadata.type;
    // Addresses need no such look: what does not decode to whole characters stays as it was sent, or is a `bad_url`.
    if (metadata.type === 'body') {
      const issues = brokenText(value, MAX_ERRORS);
      if (issues.length > 0) throw failed(issues, whole);
    }
    return new StandardSchemaValidationPipe({
      exceptionFactory: (issues) => failed(issues, whole),
    }).transform(value, metadata);
  }
}

function failed(issues: readonly Issue[], whole: string): Problem {
  return new Problem('validation_failed', {
    errors: issues.flatMap((issue) => fieldErrors(issue, whole)).slice(0, MAX_ERRORS),
  });
}

/** @param whole name for "all of it" when an issue is about no single field: `body`, `query`, a parameter's own */
export function fieldErrors(issue: Issue, whole: string): FieldError[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys
      .slice(0, MAX_ERRORS)
      .map((key) => ({ field: short(path ? `${path}.${key}` : key), message: 'There is no such field' }));
  }
  return [{ field: short(path || whole), message: issue.message }];
}

const short = (name: string): string => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name);
