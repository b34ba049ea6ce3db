import { slugify } from '@prior/database';
import { taxonomy } from './taxonomy';

export interface SeedCategory {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  readonly parentId: number | null;
}

/** Where products are put: what they are called there and cost. */
export interface SeedShelf {
  readonly categoryId: number | null;
  readonly nouns: readonly string[];
  readonly bengali: readonly string[];
  readonly materials: boolean;
  readonly price: number;
}

export interface SeedTree {
  readonly categories: readonly SeedCategory[];
  readonly shelves: readonly SeedShelf[];
}

const LEVELS = 3;

/**
 * A tree of three levels with `count` categories. Beyond the taxonomy's own 60 the tree repeats with numbered names.
 * Products stand on the lowest categories that there are.
 */
export function categoryTree(count: number, firstId = 1): SeedTree {
  const categories: SeedCategory[] = [];
  const shelves: SeedShelf[] = [];
  const add = (name: string, parentId: number | null): number => {
    const id = firstId + categories.length;
    categories.push({ id, name, slug: slugify(name), parentId });
    return id;
  };
  for (let round = 1; categories.length < count; round++) {
    const title = (name: string) => (round === 1 ? name : `${name} ${round}`);
    const ids = new Map<string, number>();
    // Level by level, so that a small tree is still one of several departments.
    for (let level = 0; level < LEVELS; level++) {
      for (const { path, ...shelf } of nodesOf(level)) {
        if (categories.length === count) break;
        const parent = ids.get(path.slice(0, -1).join('/')) ?? null;
        const id = add(title(path.at(-1) ?? ''), parent);
        ids.set(path.join('/'), id);
        shelves.push({ categoryId: id, ...shelf });
      }
    }
  }
  const parents = new Set(categories.map(({ parentId }) => parentId));
  const lowest = shelves.filter(({ categoryId }) => !parents.has(categoryId));
  return {
    categories,
    shelves:
      lowest.length > 0
        ? lowest
        : nodesOf(0).map(({ path: _, ...shelf }) => ({ categoryId: null, ...shelf })),
  };
}

interface Node extends Omit<SeedShelf, 'categoryId'> {
  readonly path: readonly string[];
}

/** All nodes of one level; an upper one sells what is below it. */
function nodesOf(level: number): Node[] {
  const leaves = taxonomy.flatMap(({ name, materials, branches }) =>
    branches.flatMap((branch) =>
      branch.leaves.map((leaf): Node => ({
        path: [name, branch.name, leaf.name],
        materials,
        nouns: leaf.nouns,
        bengali: leaf.bengali,
        price: leaf.price,
      })),
    ),
  );
  const nodes = new Map<string, Node>();
  for (const node of leaves) {
    const path = node.path.slice(0, level + 1);
    const known = nodes.get(path.join('/'));
    nodes.set(path.join('/'), {
      ...node,
      path,
      nouns: [...(known?.nouns ?? []), ...node.nouns],
      bengali: [...(known?.bengali ?? []), ...node.bengali],
    });
  }
  return [...nodes.values()];
}
