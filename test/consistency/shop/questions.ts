import type { CategoryModel, ProductModel, ShopModel } from './model';

/** What a URL asks, as far as judging its answer needs to know. */
export type Question =
  | {
      readonly kind: 'list';
      readonly url: string;
      readonly scope?: CategoryModel;
      readonly onlyInStock: boolean;
      readonly among?: readonly ProductModel[];
    }
  | { readonly kind: 'detail'; readonly url: string; readonly product: ProductModel; readonly slug: string }
  | { readonly kind: 'reviews'; readonly url: string; readonly product: ProductModel }
  | { readonly kind: 'tree'; readonly url: string }
  | { readonly kind: 'category'; readonly url: string; readonly category: CategoryModel };

const LIST = '/api/products?limit=100';

export const detailOf = (product: ProductModel, slug = product.slug.latest): Question => ({
  kind: 'detail',
  url: `/api/products/${slug}`,
  product,
  slug,
});

export const reviewsOf = (product: ProductModel): Question => ({
  kind: 'reviews',
  url: `/api/products/${product.slug.latest}/reviews?limit=5`,
  product,
});

export const listOf = (scope: CategoryModel, by: 'id' | 'slug' = 'slug'): Question => ({
  kind: 'list',
  url: by === 'slug' ? `${LIST}&category=${scope.slug}` : `${LIST}&categoryId=${scope.id}`,
  scope,
  onlyInStock: true,
});

export const everything = (suffix = ''): Question => ({
  kind: 'list',
  url: LIST + suffix,
  onlyInStock: true,
});

/** A cart: exactly these products, whatever their stock. */
const lookUp = (products: readonly ProductModel[]): Question => ({
  kind: 'list',
  url: `/api/products?ids=${products.map(({ id }) => id).join(',')}`,
  onlyInStock: false,
  among: products,
});

export const tree: Question = { kind: 'tree', url: '/api/categories' };

/** All questions that readers ask, each as often as it is here. */
export function allQuestions(shop: ShopModel): Question[] {
  const details = shop.products
    .filter(({ kind }) => kind !== 'renamer')
    .flatMap((product) => [detailOf(product), detailOf(product)]);
  const renamed = shop
    .of('renamer')
    .flatMap((product) => [0, 1].map((n) => detailOf(product, `${product.key}-${n}`)));
  const lists = shop.categories.flatMap((category) => [
    listOf(category),
    listOf(category),
    listOf(category, 'id'),
  ]);
  return [
    ...details,
    ...renamed,
    ...lists,
    ...shop.categories.map((category): Question => ({
      kind: 'category',
      url: `/api/categories/${category.slug}`,
      category,
    })),
    ...shop.of('plain').map(reviewsOf),
    everything(),
    everything('&sort=price'),
    { kind: 'list', url: `${LIST}&inStock=false`, onlyInStock: false },
    // Ghosts get a new id each time.
    lookUp(shop.products.filter(({ kind }) => kind !== 'ghost')),
    tree,
  ];
}
