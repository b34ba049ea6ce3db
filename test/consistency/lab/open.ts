import type { ApiNode } from '../../support/fleet/node';
import { bearer } from './tokens';
import { CategoryModel, type Kind, ProductModel, ShopModel } from '../shop/model';

interface Made {
  id: number;
  slug: string;
  name: string;
  rev: number;
}

async function post(node: ApiNode, path: string, body: object): Promise<Made> {
  const authorization = await bearer('admin');
  const answer = await node.request(path, { method: 'POST', body, headers: { authorization } });
  if (answer.status !== 201)
    throw new Error(`POST ${path} was answered ${answer.status}: ${answer.body.toString('utf8')}`);
  return answer.json<Made>();
}

async function category(node: ApiNode, slug: string, parent?: CategoryModel): Promise<CategoryModel> {
  const made = await post(node, '/api/categories', {
    name: `${slug} no 0`,
    slug,
    parentId: parent?.id ?? null,
  });
  return new CategoryModel(made.id, slug, [made.id, ...(parent?.path ?? [])], made.name, performance.now());
}

const COUNTS: Record<Kind, number> = { plain: 6, mover: 6, ghost: 3, flicker: 2, renamer: 2 };

/** Makes the catalogue that a check works on, through the API. It is small: every list is one page. */
export async function openShop(node: ApiNode): Promise<ShopModel> {
  const root = await category(node, 'root');
  const [a, b, c] = [
    await category(node, 'a', root),
    await category(node, 'b', root),
    await category(node, 'c', root),
  ];
  const d = await category(node, 'd', c);
  const homes = [a, b, c];
  const products: ProductModel[] = [];
  const product = async (kind: Kind, key: string, home: CategoryModel) => {
    const slug = kind === 'renamer' ? `${key}-0` : key;
    const name = `${key} no 0`;
    const body = {
      name,
      slug,
      unitPrice: `${10 + products.length}.00`,
      quantity: 1_000_000,
      categoryId: home.id,
    };
    const made = await post(node, '/api/products', body);
    const first = { name, slug, stock: 1_000_000, place: home.id, rev: made.rev, exists: true };
    products.push(new ProductModel(kind, key, made.id, first, performance.now()));
  };
  for (const [kind, count] of Object.entries(COUNTS) as [Kind, number][]) {
    for (let i = 0; i < count; i += 1) await product(kind, `${kind}-${i}`, homes[i % 3]!);
  }
  await product('mover', 'pendulum', c);
  return new ShopModel([root, a, b, c, d], products);
}
