import { categoryTree } from './categories';
import { random } from './random';
import { planReviews } from './reviews';

describe('the tree of categories', () => {
  it.each([0, 1, 5, 6, 24, 59, 60, 61, 200])(
    'has %i categories, slugs of their own, and parents that come first',
    (count) => {
      const { categories, shelves } = categoryTree(count, 100);
      expect(categories).toHaveLength(count);
      expect(new Set(categories.map(({ slug }) => slug)).size).toBe(count);
      const ids = new Set<number | null>([null]);
      for (const { id, parentId } of categories) {
        expect(ids).toContain(parentId);
        ids.add(id);
      }
      const parents = new Set(categories.map(({ parentId }) => parentId));
      expect(shelves.length).toBeGreaterThan(0);
      for (const { categoryId, nouns, bengali } of shelves) {
        expect(ids).toContain(categoryId);
        if (categoryId !== null) expect(parents).not.toContain(categoryId);
        expect(nouns.length * bengali.length).toBeGreaterThan(0);
      }
    },
  );
});

describe('the plan of reviews', () => {
  const plan = planReviews(1000, 20_000, random(1));

  it('adds up', () => {
    expect(plan.counts.reduce((a, b) => a + b, 0)).toBe(20_000);
    expect(plan.starSums.reduce((a, b) => a + b, 0)).toBe(plan.stars.reduce((a, b) => a + b, 0));
    expect(Math.min(...plan.stars)).toBe(1);
    expect(Math.max(...plan.stars)).toBe(5);
  });

  it('follows Zipf: the first has about twice as many as the second, ten times as many as the tenth', () => {
    const ranked = [...plan.counts].sort((a, b) => b - a);
    expect((ranked[0] ?? 0) / (ranked[1] ?? 1)).toBeCloseTo(2, 0);
    expect((ranked[0] ?? 0) / (ranked[9] ?? 1)).toBeGreaterThan(7);
  });
});
