import { MAX_INT } from '@prior/database';
import { body } from '@prior/http';
import { z } from 'zod';
import { slugInput } from '../../slugs';

const name = z.string().trim().min(1).max(255);
const parentId = z.int().positive().max(MAX_INT).nullable();

export const newCategory = body({
  name,
  slug: slugInput().optional(),
  parentId: parentId.default(null).meta({ description: 'The category above; null for a root' }),
}).meta({ id: 'NewCategory' });

export const categoryChanges = body({
  name: name.optional(),
  slug: slugInput().optional(),
  parentId: parentId
    .optional()
    .meta({ description: 'Moves it, with all that is below it; null makes it a root' }),
}).meta({ id: 'CategoryChanges' });

export type NewCategory = z.output<typeof newCategory>;
export type CategoryChanges = z.output<typeof categoryChanges>;
