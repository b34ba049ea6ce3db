import { type Query, rows, scalar } from '@prior/database';
import { categoryCreated } from '../../../api/src/categories';
import { insertWithSlug } from '../../../api/src/slugs';
import { unitOfWork } from './transaction';

/** Finds categories by their names, and makes those that are missing. */
export class CategoryFinder {
  private readonly known = new Map<string, number>();
  /** Names from the root down, joined, of categories that were (or, in a dry run, would be) made. */
  readonly made: string[] = [];

  constructor(
    private readonly query: Query,
    private readonly dryRun: boolean,
  ) {}

  /** Forgets what it knew: categories have changed beside the import. */
  reset(): void {
    this.known.clear();
  }

  /**
   * @param names from the root down; a single name also finds the only category of that name anywhere in the tree
   * @returns its id; below 0 for one that a dry run would make
   */
  async idOf(names: readonly string[]): Promise<number> {
    const [only] = names;
    const key = names.join('\n');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    let id = names.length === 1 && only !== undefined ? await this.anywhere(only) : undefined;
    id ??= await this.below(names);
    this.known.set(key, id);
    return id;
  }

  private async anywhere(name: string): Promise<number | undefined> {
    const found = await rows<{ id: number; parentId: number | null }>(
      this.query,
      'SELECT id, parentId FROM categories WHERE name = ? ORDER BY parentId IS NOT NULL, id LIMIT 2',
      [name],
    );
    const [first] = found;
    return found.length === 1 || first?.parentId === null ? first?.id : undefined;
  }

  private async below(names: readonly string[]): Promise<number> {
    const name = names.at(-1) ?? '';
    const above = names.slice(0, -1);
    const parentId = above.length === 0 ? null : await this.idOf(above);
    const id = await scalar<number>(
      this.query,
      'SELECT id AS value FROM categories WHERE parentId <=> ? AND name = ? ORDER BY id LIMIT 1',
      [parentId, name],
    );
    return id ?? this.make(name, parentId, names);
  }

  private async make(name: string, parentId: number | null, names: readonly string[]): Promise<number> {
    this.made.push(names.join(' > '));
    if (this.dryRun) return -this.made.length;
    const { id } = await unitOfWork(this.query, async (tx) => {
      const made = await insertWithSlug({ slug: undefined, name, otherwise: 'category' }, async (slug) => {
        const insert = 'INSERT INTO categories (name, slug, parentId) VALUES (?, ?, ?)';
        return (await tx.execute(insert, [name, slug, parentId])).insertId;
      });
      tx.record(categoryCreated(made));
      return made;
    });
    return id;
  }
}
