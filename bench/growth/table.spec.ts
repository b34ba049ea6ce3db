import { type Grown, growthTable, isBounded, memoryIsFlat } from './table';

const row: Grown = { id: 'first', title: 'first page', p50: [2, 2.5, 3], rows: [60, 60, 60] };

it('accepts what is hardly slower', () => {
  expect(isBounded(row)).toBe(true);
  expect(growthTable([1, 2, 3], [row])[1]).toEqual([
    'first page',
    '2',
    '60',
    '2.5',
    '60',
    '3',
    '60',
    '1.5',
    'ok',
  ]);
});

it('wants to know what bounds whatever grows', () => {
  const grown = { ...row, p50: [2, 2.5, 3.1] };
  expect(isBounded(grown)).toBe(false);
  expect(growthTable([1, 2, 3], [grown])[1]!.at(-1)).toBe('MISSED');
  expect(isBounded({ ...grown, bound: 'counts 10,000 rows' })).toBe(true);
});

it('notices memory that grows with the catalogue', () => {
  expect(memoryIsFlat([150, 160, 165])).toBe(true);
  expect(memoryIsFlat([150, 200, 300])).toBe(false);
});
