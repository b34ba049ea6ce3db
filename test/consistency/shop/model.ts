import { Register } from '../history/register';

/** Which of its facts decides whether a product is in a list. Each product varies in one of them only. */
export type Kind = 'plain' | 'mover' | 'ghost' | 'flicker' | 'renamer';

/** A category; its name carries a number that only grows. */
export class CategoryModel {
  readonly name: Register<string>;
  busy = false;

  constructor(
    readonly id: number,
    readonly slug: string,
    /** Itself and the categories above it. */
    readonly path: readonly number[],
    name: string,
    at: number,
  ) {
    this.name = new Register(`category ${slug}: name`, name, at);
  }
}

export interface Review {
  readonly id: number;
  readonly title: string;
}

/** What the check knows of one product: each fact a register. */
export class ProductModel {
  readonly exists: Register<boolean>;
  readonly name: Register<string>;
  readonly stock: Register<number>;
  readonly place: Register<number>;
  readonly slug: Register<string>;
  readonly reviewCount: Register<number>;
  readonly newestReview: Register<string | null>;
  /** Revisions that writes were answered with: a reader may see a higher one, never a lower one. */
  readonly rev: Register<number>;
  readonly reviews: Review[] = [];
  /** One write at a time, so that the order of its values is known. */
  busy = false;
  /** A write without a known outcome may still happen: it is left alone from then on. */
  frozen = false;
  /** When its place in lists may change again, monotonic ms: slower than the promise, or nothing could be told. */
  restsUntil = 0;
  /** Grows with every write of a name. */
  serial = 0;

  constructor(
    readonly kind: Kind,
    readonly key: string,
    public id: number,
    first: { name: string; slug: string; stock: number; place: number; rev: number; exists: boolean },
    at: number,
  ) {
    const register = <V>(fact: string, value: V) => new Register(`${key}: ${fact}`, value, at);
    this.exists = register('exists', first.exists);
    this.name = register('name', first.name);
    this.stock = register('stock', first.stock);
    this.place = register('category', first.place);
    this.slug = register('slug', first.slug);
    this.reviewCount = register('reviews', 0);
    this.newestReview = register<string | null>('newest review', null);
    this.rev = register('rev', first.rev);
  }

  get free(): boolean {
    return !this.busy && !this.frozen;
  }

  nextName(): string {
    this.serial += 1;
    return `${this.key} no ${this.serial}`;
  }

  /** Revisions belong to one row: a product that is made anew starts again. */
  noteRev(rev: number | undefined, sentAt: number, at: number): void {
    if (rev === undefined || this.kind === 'ghost' || rev <= this.rev.latest) return;
    this.rev.begin(rev, sentAt);
    this.rev.ack(at);
  }
}

/** Everything that the check has made, and the questions that it asks about it. */
export class ShopModel {
  private readonly byId = new Map<number, CategoryModel>();

  constructor(
    readonly categories: readonly CategoryModel[],
    readonly products: readonly ProductModel[],
  ) {
    for (const category of categories) this.byId.set(category.id, category);
  }

  category(id: number): CategoryModel {
    const found = this.byId.get(id);
    if (!found) throw new Error(`The check has made no category ${id}`);
    return found;
  }

  of(kind: Kind): ProductModel[] {
    return this.products.filter((product) => product.kind === kind);
  }

  /** Whether a product in category `place` belongs to the list of `scope`. */
  isIn(place: number, scope: number): boolean {
    return this.category(place).path.includes(scope);
  }
}
