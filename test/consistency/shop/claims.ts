import { type Claim, claim } from '../history/history';
import type { Register } from '../history/register';
import type { ProductModel, ShopModel } from './model';
import type { Question } from './questions';

interface Listed {
  id: number;
  name: string;
  slug: string;
  quantity: number;
  categoryId: number;
  categoryName: string;
  reviewCount: number;
}

interface Detail extends Listed {
  rev: number;
  categoryPath: { id: number; name: string }[];
}

interface TreeNode {
  id: number;
  name: string;
  products: number;
  children: TreeNode[];
}

const same = <V extends string | number | boolean | null>(register: Register<V>, seen: V): Claim =>
  claim(register, JSON.stringify(seen), (value) => value === seen);

/** What an answer of status 200 says about the registers. */
export function claimsOf(shop: ShopModel, question: Question, body: unknown): Claim[] {
  switch (question.kind) {
    case 'list':
      return listClaims(shop, question, (body as { products: Listed[] }).products);
    case 'detail': {
      const detail = body as Detail;
      const { product } = question;
      return [
        ...presence(product, question.slug),
        ...shown(shop, product, detail),
        claim(product.rev, `rev ${detail.rev}`, (rev) => product.kind === 'ghost' || rev <= detail.rev),
        ...detail.categoryPath.map(({ id, name }) => same(shop.category(id).name, name)),
      ];
    }
    case 'reviews': {
      const { total, reviews } = body as { total: number; reviews: { title: string }[] };
      const { reviewCount, newestReview } = question.product;
      return [same(reviewCount, total), same(newestReview, reviews[0]?.title ?? null)];
    }
    case 'tree':
      return treeClaims(shop, (body as { categories: TreeNode[] }).categories);
    case 'category':
      return [same(question.category.name, (body as { name: string }).name)];
  }
}

/** What a 404 says, or a redirect to `location`. */
export function absenceClaims(question: Question, location: string | undefined): Claim[] {
  if (question.kind !== 'detail') return [];
  const { product, slug } = question;
  if (location !== undefined) {
    const target = location.slice(location.lastIndexOf('/') + 1);
    return [claim(product.slug, `moved to ${target}`, (value) => value === target && value !== slug)];
  }
  if (product.kind === 'renamer') return [claim(product.slug, `not at ${slug}`, (value) => value !== slug)];
  return [same(product.exists, false)];
}

const presence = (product: ProductModel, slug: string): Claim[] => [
  same(product.exists, true),
  same(product.slug, slug),
];

function shown(shop: ShopModel, product: ProductModel, seen: Listed): Claim[] {
  return [
    same(product.name, seen.name),
    same(product.stock, seen.quantity),
    same(product.place, seen.categoryId),
    same(product.slug, seen.slug),
    same(product.reviewCount, seen.reviewCount),
    same(shop.category(seen.categoryId).name, seen.categoryName),
  ];
}

function listClaims(
  shop: ShopModel,
  { scope, onlyInStock, among }: Extract<Question, { kind: 'list' }>,
  listed: readonly Listed[],
): Claim[] {
  const bySlug = new Map(listed.map((one) => [one.slug, one]));
  const byId = new Map(listed.map((one) => [one.id, one]));
  const inScope = (place: number) => scope === undefined || shop.isIn(place, scope.id);
  const where = scope === undefined ? 'the list' : `the list of ${scope.slug}`;
  return (among ?? shop.products).flatMap((product) => {
    const one = product.kind === 'ghost' ? bySlug.get(product.slug.latest) : byId.get(product.id);
    if (one) {
      return [
        same(product.exists, true),
        claim(product.place, `in ${where}`, inScope),
        claim(product.stock, `in ${where}`, (stock) => !onlyInStock || stock > 0),
        ...shown(shop, product, one),
      ];
    }
    const missing = `missing in ${where}`;
    if (product.kind === 'mover') return [claim(product.place, missing, (place) => !inScope(place))];
    if (!inScope(product.place.latest)) return [];
    if (product.kind === 'flicker' && onlyInStock)
      return [claim(product.stock, missing, (stock) => stock === 0)];
    return [claim(product.exists, missing, (exists) => !exists)];
  });
}

/** Names of all categories, and the count of the one that a single product goes in and out of. */
function treeClaims(shop: ShopModel, roots: readonly TreeNode[]): Claim[] {
  const nodes: TreeNode[] = [];
  const walk = (some: readonly TreeNode[]) => {
    for (const node of some) {
      nodes.push(node);
      walk(node.children);
    }
  };
  walk(roots);
  return nodes.flatMap((node) => {
    const category = shop.categories.find(({ id }) => id === node.id);
    if (!category) return [];
    const pendulum = shop.products.find(({ key }) => key === 'pendulum');
    const counts =
      pendulum && category.slug === 'd'
        ? [
            claim(
              pendulum.place,
              `${node.products} in d`,
              (place) => Number(place === category.id) === node.products,
            ),
          ]
        : [];
    return [same(category.name, node.name), ...counts];
  });
}
