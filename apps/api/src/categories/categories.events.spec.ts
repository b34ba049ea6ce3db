import { mergeDrops, type TagDrop } from '@prior/database';
import { categoryChanged, categoryCreated, categoryDeleted } from './categories.events';

const clothes = { id: 1, slug: 'clothes' };
const shirts = { id: 2, slug: 'shirts' };
const sale = { id: 9, slug: 'sale' };
const place = { ...shirts, path: [clothes, shirts] };
const own = ['category-slug:shirts', 'category-tree', 'category:2'];

const dropped = (drops: readonly TagDrop[]) => {
  const merged = mergeDrops(drops);
  expect(merged.every(({ when }) => when === 'now')).toBe(true);
  return merged.map(({ tag }) => tag).sort();
};

/** The rows of docs/consistency-tags.md. */
describe('what a write of a category drops', () => {
  it.each([
    ['created', categoryCreated(shirts)],
    ['deleted', categoryDeleted(shirts)],
    ['renamed', categoryChanged({ before: place, after: place })],
  ])('%s: the tree and its own lists', (_, { drops }) => expect(dropped(drops)).toEqual(own));

  it('given another slug: the lists at both', () => {
    const after = { id: 2, slug: 'blouses', path: [clothes, { id: 2, slug: 'blouses' }] };
    expect(dropped(categoryChanged({ before: place, after }).drops)).toEqual(
      ['category-slug:blouses', ...own].sort(),
    );
  });

  it('moved: the lists of everything above it, before and after', () => {
    const after = { ...shirts, path: [sale, shirts] };
    expect(dropped(categoryChanged({ before: place, after }).drops)).toEqual(
      [...own, 'category-slug:clothes', 'category:1', 'category-slug:sale', 'category:9'].sort(),
    );
  });
});
