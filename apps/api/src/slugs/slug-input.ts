import { MAX_SLUG } from '@prior/database';
import { z } from 'zod';

/** RFC 3986's unreserved characters, and letters, marks and digits of any script. */
const SLUG = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}._~-]*$/u;

/** A slug that a client chooses; without one it is made from the name. */
export const slugInput = () =>
  z
    .string()
    .trim()
    .normalize('NFC')
    .max(MAX_SLUG)
    .regex(SLUG, 'Expected letters and digits of any script, joined by "-", "_", "." or "~"')
    .meta({
      description: 'Address of its own; made from the name when it is missing',
      examples: ['blue-shirt'],
    });
