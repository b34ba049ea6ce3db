import { hash } from 'node:crypto';
import { Problem } from '../problems/problem';

/** A row in a revision. Without the id, a row that took over a slug would pass for the one before: both began at 0. */
export interface RowRev {
  readonly id: number;
  readonly rev: number;
}

/** What the tags of a resource begin with: `r7.12` for revision 12 of row 7. */
export const revTag = ({ id, rev }: RowRev): string => `r${id}.${rev}`;

/**
 * Strong entity tag of an answer's bytes (RFC 9110, section 8.8.3): `"<hash>"`, or `"r7.12-<hash>"` for a resource with
 * a revision. Not a secret and not a signature: 96 bits of SHA-1 are plenty against chance.
 */
export function etagOf(bytes: Uint8Array, row?: RowRev): string {
  const digest = hash('sha1', bytes, 'base64url').slice(0, 16);
  return row === undefined ? `"${digest}"` : `"${revTag(row)}-${digest}"`;
}

/** One tag of a list, weak or strong. Tags may contain commas, so the list cannot just be split. */
const ENTITY_TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Whether If-None-Match names this tag: a list or `*`, compared weakly (RFC 9110, section 13.1.2). */
export function noneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  // The common case, without a regular expression.
  if (header === etag) return true;
  if (header.trim() === '*') return true;
  for (const [, opaque] of header.matchAll(ENTITY_TAG)) if (opaque === etag) return true;
  return false;
}

/**
 * Whether If-Match allows a change of this row: `*`, or any tag that carries it in this revision.
 *
 * RFC 9110 asks for strong comparison, so that bytes are compared. Here the row's revision is compared, which a weak
 * tag carries just as well, and proxies that compress make every tag weak.
 */
export function matchesRev(header: string, row: RowRev): boolean {
  if (header.trim() === '*') return true;
  const tag = revTag(row);
  for (const [, opaque] of header.matchAll(ENTITY_TAG)) {
    if (opaque === `"${tag}"` || opaque?.startsWith(`"${tag}-`)) return true;
  }
  return false;
}

/**
 * Checks If-Match before a change.
 *
 * @param required whether a client must send it
 * @throws Problem 412 `precondition_failed` when the row was changed or replaced meanwhile, 428 when the header is
 *   required and missing
 */
export function assertRev(header: string | undefined, row: RowRev, required = false): void {
  if (header === undefined) {
    if (required) throw new Problem('precondition_required');
  } else if (!matchesRev(header, row)) {
    throw new Problem('precondition_failed');
  }
}
