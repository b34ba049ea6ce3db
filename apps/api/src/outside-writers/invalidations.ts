import { Injectable } from '@nestjs/common';
import { CachePublisher, EVERYTHING } from '@prior/cache';
import { mergeDrops, now, PrimaryQuery, type Reader } from '@prior/database';
import { Problem } from '@prior/http';
import { tagsOfCategories } from '../categories';
import { tagsOfProducts } from '../products';
import type { InvalidateInput } from './invalidate-input';

/** Drops the cached answers about what somebody else says he has changed. */
@Injectable()
export class Invalidations {
  private readonly primary: Reader;

  constructor(
    primary: PrimaryQuery,
    private readonly publisher: CachePublisher,
  ) {
    this.primary = {
      query: async <Row>(_name: string, sql: string, params?: readonly unknown[]) =>
        (await primary.run(sql, params)) as Row[],
    };
  }

  /**
   * @returns the tags that were dropped
   * @throws Problem cache_unavailable when Redis could not be told; what the driver throws when the primary is down
   */
  async invalidate(input: InvalidateInput): Promise<string[]> {
    const tags = input.all ? [EVERYTHING] : await this.tagsOf(input);
    const drops = mergeDrops(now(...tags));
    if (!(await this.publisher.publish(drops))) {
      throw new Problem('cache_unavailable', {
        detail: 'Redis could not be told. Nothing was dropped: send it again.',
      });
    }
    return drops.map(({ tag }) => tag);
  }

  /** What is not there any more does not say which lists it was in: then all of them go. */
  private async tagsOf({ products, categories, tags }: InvalidateInput): Promise<string[]> {
    const ofProducts = await tagsOfProducts(this.primary, products);
    const ofCategories = await tagsOfCategories(this.primary, categories);
    if (!ofProducts || !ofCategories) return [EVERYTHING];
    return [...tags, ...ofProducts, ...ofCategories];
  }
}
