import { searchText } from '@prior/database';
import { compareDecimals } from './decimal';
import { changedColumns, columnsOf } from './product-columns';
import type { Product } from './product.entity';

describe('compareDecimals', () => {
  it.each([
    ['9.99', '10.00', -1],
    ['10.00', '9.99', 1],
    ['1.50', '1.5000', 0],
    ['0.10', '0.1', 0],
    // Floats hold these two as one.
    ['9007199254740992.01', '9007199254740992.02', -1],
  ])('%s to %s', (a, b, expected) => expect(compareDecimals(a, b)).toBe(expected));
});

const product: Product = {
  id: 1,
  name: 'Lamp',
  slug: 'lamp',
  description: 'Bright',
  unitPrice: '10.00',
  updatedPrice: '8.00',
  quantity: 1,
  categoryId: null,
  rev: 0,
};

it('a new product has every column that follows from others', () => {
  expect(
    columnsOf({ name: 'Lamp', unitPrice: '10.00', quantity: 0, images: [{ url: '/a', alt: null }] }),
  ).toEqual({
    name: 'Lamp',
    unitPrice: '10.00',
    updatedPrice: '10.00',
    hasDiscount: false,
    quantity: 0,
    images: '[{"url":"/a","alt":null}]',
    searchText: searchText('Lamp', undefined),
  });
});

describe('a change sets', () => {
  it.each([
    ['nothing for nothing', {}, {}],
    ['only the quantity', { quantity: 5 }, { quantity: 5 }],
    [
      'the words with the name',
      { name: 'Torch' },
      { name: 'Torch', searchText: searchText('Torch', 'Bright') },
    ],
    [
      'the words with the description',
      { description: null },
      { description: null, searchText: searchText('Lamp', null) },
    ],
    [
      'both prices and the discount',
      { updatedPrice: '10.00' },
      { unitPrice: '10.00', updatedPrice: '10.00', hasDiscount: false },
    ],
  ])('%s', (_, changes, columns) => expect(changedColumns(product, changes)).toEqual(columns));
});
