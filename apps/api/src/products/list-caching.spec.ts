import { compile } from 'zod';
import { listQuery, type ListQuery } from './dto/list-query';
import type { ProductList } from './dto/product-output';
import { listLinks, listTags } from './list-caching';

const asked = (query: string): ListQuery => listQuery.parse(Object.fromEntries(new URLSearchParams(query)));

describe('the tags of a list follow from the question', () => {
  it.each([
    ['', ['products']],
    ['q=shirt&minPrice=1', ['products']],
    ['categoryId=7&sort=price', ['category:7']],
    ['category=shirts&q=x', ['category-slug:shirts']],
    ['ids=3,1', ['product-id:3', 'product-id:1']],
    ['slugs=a,b', ['product:a', 'product:b']],
  ])('%s', (query, tags) => expect(listTags(asked(query))).toEqual([...tags, 'category-tree']));
});

it('is asked by a schema that can be compiled: each miss is read by it', () => {
  expect(() => compile(listQuery, { strict: true })).not.toThrow();
});

describe('different spellings of a question are one', () => {
  it.each([
    ['', 'page=1&limit=20&inStock=true&sort=newest&utm_source=x'],
    ['minPrice=19&maxPrice=20.5', 'minPrice=19.00&maxPrice=020.50&inStock=1'],
    ['ids=1,2', 'ids=1, 2,1&limit=5&page=3&inStock=false'],
    ['q=red shirt', 'q= red shirt '],
  ])('%s = %s', (one, other) => expect(asked(other)).toEqual(asked(one)));
});

describe('links', () => {
  const list = (values: Partial<ProductList>): ProductList => ({
    products: [],
    total: 100,
    page: 1,
    totalPages: 5,
    nextCursor: null,
    ...values,
  });
  const relations = (query: string, values: Partial<ProductList>) =>
    [...listLinks(list(values), asked(query)).matchAll(/rel="(\w+)"/g)].map(([, relation]) => relation);

  it('lead around a page in the middle', () =>
    expect(relations('page=3', { page: 3, nextCursor: 'x' })).toEqual(['first', 'prev', 'next', 'last']));
  it('have no prev where the way led by cursor', () =>
    expect(relations('cursor=x', { page: 3, nextCursor: 'y' })).toEqual(['first', 'next', 'last']));
  it('have no last beyond what page numbers reach', () =>
    expect(relations('', { totalPages: 501, nextCursor: 'x' })).toEqual(['first', 'next']));
  it('have no last that is not known', () =>
    expect(relations('', { totalPages: 50, totalIsLowerBound: true, nextCursor: 'x' })).toEqual([
      'first',
      'next',
    ]));
  it('keep what was asked, and leave out what is the default', () =>
    expect(listLinks(list({ totalPages: 0 }), asked('q=a b&sort=newest&inStock=false&limit=20&page=1'))).toBe(
      '</api/products?q=a%20b&inStock=false&sort=newest>; rel="first"',
    ));
});
