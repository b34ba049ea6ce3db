import { assign, nothing, raw, sql } from './sql';

it('makes parameters of values and keeps pieces in their order', () => {
  const filter = sql`AND price BETWEEN ${'1.00'} AND ${'2.00'}`;
  const made = sql`SELECT ${raw('id')} FROM products WHERE inStock = ${1} ${filter} ${nothing}LIMIT ${20}`;
  expect(made.text).toBe('SELECT id FROM products WHERE inStock = ? AND price BETWEEN ? AND ? LIMIT ?');
  expect(made.params).toEqual([1, '1.00', '2.00', 20]);
});

it('never takes a value for SQL, whatever it looks like', () => {
  const { text, params } = sql`WHERE slug = ${{ text: '1 OR 1=1', params: [] }}`;
  expect(text).toBe('WHERE slug = ?');
  expect(params).toHaveLength(1);
});

it('assigns columns', () => {
  const { text, params } =
    sql`UPDATE t SET ${assign({ name: 'x', flag: false, gone: null })} WHERE id = ${1}`;
  expect(text).toBe('UPDATE t SET `name` = ?, `flag` = ?, `gone` = ? WHERE id = ?');
  expect(params).toEqual(['x', false, null, 1]);
});
