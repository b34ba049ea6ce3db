import { mergeDrops, type TagDrop } from '@prior/database';
import {
  productChanged,
  productCreated,
  productDeleted,
  type ProductFacts,
  ratingMoved,
  stockMoved,
} from './products.events';

const shirt: ProductFacts = {
  id: 7,
  slug: 'shirt',
  formerSlugs: ['old-shirt'],
  categories: [
    { id: 1, slug: 'clothes' },
    { id: 2, slug: 'shirts' },
  ],
};
const own = ['product-id:7', 'product:old-shirt', 'product:shirt'];
const lists = ['category-slug:clothes', 'category-slug:shirts', 'category:1', 'category:2', 'products'];

const dropped = (drops: readonly TagDrop[], when: TagDrop['when']) =>
  mergeDrops(drops)
    .filter((drop) => drop.when === when)
    .map(({ tag }) => tag)
    .sort();

/** The rows of docs/consistency-tags.md. */
describe('what a write of a product drops', () => {
  it.each([
    ['created', productCreated(shirt)],
    ['deleted', productDeleted(shirt)],
    ['changed', productChanged({ before: shirt, after: shirt })],
  ])('%s: itself and its lists now, counts soon', (_, { drops }) => {
    expect(dropped(drops, 'now')).toEqual([...lists, ...own].sort());
    expect(dropped(drops, 'soon')).toEqual(['category-counts']);
  });

  it('moved to another category: the lists of both', () => {
    const after = { ...shirt, categories: [{ id: 9, slug: 'sale' }] };
    const now = dropped(productChanged({ before: shirt, after }).drops, 'now');
    expect(now).toEqual([...lists, ...own, 'category-slug:sale', 'category:9'].sort());
  });

  it('renamed: both addresses, and every former one', () => {
    const after = { ...shirt, slug: 'blouse', formerSlugs: ['old-shirt', 'shirt'] };
    const now = dropped(productChanged({ before: shirt, after }).drops, 'now');
    expect(now).toEqual([...lists, ...own, 'product:blouse'].sort());
  });

  it('stock moved: itself now, its lists soon', () => {
    const { drops } = stockMoved({ product: shirt, flipped: false });
    expect(dropped(drops, 'now')).toEqual(own);
    expect(dropped(drops, 'soon')).toEqual(lists);
  });

  it('sold out, or back in stock: counts as well', () => {
    const { drops } = stockMoved({ product: shirt, flipped: true });
    expect(dropped(drops, 'now')).toEqual(own);
    expect(dropped(drops, 'soon')).toEqual(['category-counts', ...lists].sort());
  });

  it('reviewed: itself now, its lists soon', () => {
    const { drops } = ratingMoved(shirt);
    expect(dropped(drops, 'now')).toEqual(own);
    expect(dropped(drops, 'soon')).toEqual(lists);
  });
});
