import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { OperatorError, type Query } from '@prior/database';
import type { NewProduct } from '../../../api/src/products';
import { progress } from '../progress';
import { groupsOf, type Group, type Problem } from '../shopify/groups';
import { csvRows } from '../shopify/rows';
import { toProduct } from '../shopify/to-product';
import { apply, CategoryGone, plan, type Wanted } from './apply';
import { CategoryFinder } from './category-finder';
import { checked } from './checked';
import { MAX_PROBLEMS, type Report } from './report';

const BATCH = 200;

type Prepared = Omit<Wanted, 'categoryId'> & { readonly category: readonly string[] };

/**
 * Imports a shop's product CSV. Products are written in batches, each in one transaction; one with a wrong line is
 * left as it is, whole.
 *
 * @throws OperatorError when the file cannot be read or is no product CSV
 */
export async function importFile(query: Query, file: string, dryRun: boolean): Promise<Report> {
  const run = new Import(query, file, dryRun);
  const size = await sizeOf(file);
  const stream = createReadStream(file);
  const bar = progress(dryRun ? 'checking' : 'importing', size);
  try {
    for await (const group of groupsOf(csvRows(stream))) {
      await run.take(group);
      bar.update(Math.min(stream.bytesRead, size));
    }
    await run.flush();
    bar.update(size);
  } finally {
    bar.stop();
    stream.destroy();
  }
  return run.report;
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new OperatorError(`${file} is not a file.`);
}

class Import {
  readonly report: Report;
  private readonly finder: CategoryFinder;
  private batch: Prepared[] = [];

  constructor(
    private readonly query: Query,
    file: string,
    private readonly dryRun: boolean,
  ) {
    this.finder = new CategoryFinder(query, dryRun);
    this.report = {
      ...{ file, dryRun, made: 0, changed: 0, unchanged: 0, skipped: 0, hidden: 0 },
      categoriesMade: this.finder.made,
      problems: [],
    };
  }

  async take(group: Group): Promise<void> {
    const read = toProduct(group);
    if ('problems' in read) return this.skip(group.handle, read.problems);
    if (read.hidden) {
      this.report.hidden++;
      return;
    }
    const input = checked(read);
    if ('problems' in input) return this.skip(group.handle, input.problems);
    const unsaid = (
      ['quantity', 'description', 'long_description', 'thumbnail', 'images', 'specs'] as const
    ).filter((name: keyof NewProduct & keyof typeof read.product) => read.product[name] === undefined);
    this.batch.push({ input, unsaid, category: read.category });
    if (this.batch.length === BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.batch.length === 0) return;
    const batch = this.batch;
    this.batch = [];
    try {
      await this.write(batch);
    } catch (error) {
      if (!(error instanceof CategoryGone)) throw error;
      this.finder.reset();
      await this.write(batch);
    }
  }

  private async write(batch: readonly Prepared[]): Promise<void> {
    const wanted: Wanted[] = [];
    for (const { category, ...product } of batch) {
      wanted.push({ ...product, categoryId: await this.finder.idOf(category) });
    }
    const outcome = await (this.dryRun ? plan : apply)(this.query, wanted);
    this.report.made += outcome.made;
    this.report.changed += outcome.changed;
    this.report.unchanged += outcome.unchanged;
  }

  private skip(handle: string, problems: readonly Problem[]): void {
    this.report.skipped++;
    const room = MAX_PROBLEMS - this.report.problems.length;
    this.report.problems.push(
      ...problems.slice(0, Math.max(0, room)).map((problem) => ({ ...problem, handle })),
    );
  }
}
