import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, Unknown, type Write } from '../lab/lab';
import { Session } from '../lab/session';
import * as writes from '../lab/writes';
import type { CategoryModel, Kind, ProductModel } from '../shop/model';
import { detailOf, everything, listOf, type Question, reviewsOf, tree } from '../shop/questions';

/** How long a product stays where it is, ms: longer than the promise, or nothing could be told. */
const REST_MS = 1_800;
/** The catalogue is read by many and written by few. */
const PAUSE_MS = 120;
const MOST_REVIEWS = 40;

interface Plan {
  readonly write: Write;
  readonly product?: ProductModel;
  /** What shows it. */
  readonly shown: readonly Question[];
}

const pickFree = (lab: Lab, kind: Kind, now: number): ProductModel | undefined => {
  const free = lab.shop.of(kind).filter((product) => product.free && product.restsUntil <= now);
  return free.length > 0 ? lab.random.pick(free) : undefined;
};

/** Where it may go next: the pendulum between two, the others between the three siblings. */
function elsewhere({ shop, random }: Lab, { key, place }: ProductModel): CategoryModel {
  const slugs = key === 'pendulum' ? ['c', 'd'] : ['a', 'b', 'c'];
  return random.pick(shop.categories.filter(({ id, slug }) => slugs.includes(slug) && id !== place.latest));
}

async function ofPlain({ truth, random }: Lab, product: ProductModel): Promise<[Write, Question]> {
  const dice = random.integer(10);
  if (dice < 4) return [await writes.rename(truth, product), detailOf(product)];
  if (dice < 8) return [await writes.setStock(truth, product, product.stock.latest - 1), detailOf(product)];
  const { length } = product.reviews;
  const fewer = length > 0 && (length >= MOST_REVIEWS || random.integer(3) === 0);
  return [await (fewer ? writes.unreview : writes.review)(truth, product), reviewsOf(product)];
}

async function ofProduct(lab: Lab, kind: Kind, product: ProductModel): Promise<Plan> {
  const { truth, shop } = lab;
  const home = shop.category(product.place.latest);
  const lists = [listOf(home), everything()];
  switch (kind) {
    case 'plain': {
      const [write, question] = await ofPlain(lab, product);
      return { write, product, shown: [question, detailOf(product), ...lists] };
    }
    case 'mover': {
      const to = elsewhere(lab, product);
      const write = await writes.move(truth, product, to);
      return { write, product, shown: [detailOf(product), listOf(to), tree, ...lists] };
    }
    case 'ghost': {
      const write = await (product.exists.latest ? writes.remove : writes.create)(truth, product);
      return { write, product, shown: [detailOf(product), ...lists] };
    }
    case 'flicker': {
      const stock = product.stock.latest > 0 ? 0 : 5;
      return {
        write: await writes.setStock(truth, product, stock),
        product,
        shown: [detailOf(product), ...lists],
      };
    }
    case 'renamer': {
      const slug = `${product.key}-${product.slug.latest.endsWith('-0') ? 1 : 0}`;
      const write = await writes.changeSlug(truth, product, slug);
      return { write, product, shown: [detailOf(product, slug), ...lists] };
    }
  }
}

async function plan(lab: Lab, now: number): Promise<Plan | undefined> {
  const dice = lab.random.integer(100);
  if (dice < 2) {
    const category = lab.random.pick(lab.shop.categories);
    if (category.busy || !category.name.settled) return undefined;
    category.busy = true;
    const write = await writes.renameCategory(lab.truth, category);
    return {
      write,
      shown: [
        { kind: 'category', url: `/api/categories/${category.slug}`, category },
        tree,
        listOf(category),
      ],
    };
  }
  const kind: Kind =
    dice < 55 ? 'plain' : dice < 75 ? 'mover' : dice < 85 ? 'ghost' : dice < 93 ? 'flicker' : 'renamer';
  const product = pickFree(lab, kind, now);
  if (!product) return undefined;
  product.busy = true;
  return ofProduct(lab, kind, product);
}

/** One client that writes and then looks at what it has written, with its token, through any process. */
export async function writer(lab: Lab, goesOn: () => boolean): Promise<void> {
  const session = new Session();
  while (goesOn()) {
    const made = await plan(lab, performance.now());
    if (made) await carryOut(lab, made, session);
    await sleep(lab.random.integer(2 * PAUSE_MS));
  }
}

async function carryOut(lab: Lab, { write, product, shown }: Plan, session: Session): Promise<void> {
  try {
    await lab.write(lab.anyNode(), write, session);
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    if (product) product.frozen = true;
  }
  if (product) {
    product.restsUntil = performance.now() + (product.kind === 'plain' ? 0 : REST_MS);
    product.busy = false;
  } else {
    for (const category of lab.shop.categories) if (category.name.settled) category.busy = false;
  }
  for (const question of shown) await lab.read(lab.anyNode(), question, { session });
}
