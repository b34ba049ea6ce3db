import { refuseUnheard, rowRule } from './row-rule';

const rules = [
  rowRule<{ id: number }>({ table: 'brands', columns: ['id'], drops: () => Promise.resolve([]) }),
];

describe('a table that the application keeps rows in', () => {
  it('has a rule', () => {
    expect(() => refuseUnheard(['brands'], rules)).not.toThrow();
  });

  it('is named at start when it has none', () => {
    expect(() => refuseUnheard(['brands', 'makers'], rules)).toThrow(/No row rule for makers:/);
  });
});
