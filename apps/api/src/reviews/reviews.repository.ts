import { Injectable } from '@nestjs/common';
import { assign, nothing, type Reader, sql, type Transaction } from '@prior/database';
import { Review as ReviewEntity } from './review.entity';
import type { NewReview, Review } from './dto/reviews';

/** The last review of a page; `time` as the server writes it, with all of its digits. */
export interface ReviewPosition {
  readonly time: string;
  readonly id: number;
}

type Row = Review & { time: string };

const COLUMNS = 'id, rating, title, body, authorName, created_at, CAST(created_at AS CHAR) AS time';

@Injectable()
export class ReviewsRepository {
  async product(
    reader: Reader,
    slug: string,
  ): Promise<{ id: number; reviewCount: number; rating: number } | undefined> {
    const [row] = await reader.query<{ id: number; reviewCount: number; rating: string }>(
      'reviews.product',
      'SELECT id, reviewCount, rating FROM products WHERE slug = ?',
      [slug],
    );
    return row && { ...row, rating: Number(row.rating) };
  }

  /** Where the reviews of these products are shown; products that are gone are left out. */
  async productSlugs(reader: Reader, ids: readonly number[]): Promise<Map<number, string>> {
    const rows = await reader.query<{ id: number; slug: string }>(
      'reviews.productSlugs',
      'SELECT id, slug FROM products WHERE id IN (?)',
      [ids],
    );
    return new Map(rows.map(({ id, slug }) => [id, slug]));
  }

  /** Newest first, `limit` and one more: one index range, whatever the product has. */
  async page(
    reader: Reader,
    productId: number,
    limit: number,
    after: ReviewPosition | undefined,
  ): Promise<Row[]> {
    const behind = after
      ? sql` AND (created_at < CAST(${after.time} AS DATETIME(6)) OR (created_at = CAST(${after.time} AS DATETIME(6)) AND id < ${after.id}))`
      : nothing;
    const { text, params } =
      sql`WHERE product_id = ${productId}${behind} ORDER BY created_at DESC, id DESC LIMIT ${limit + 1}`;
    const rows = await reader.query<Row>(
      'reviews.page',
      `SELECT ${COLUMNS} FROM reviews FORCE INDEX (idx_reviews_product) ${text}`,
      params,
    );
    return rows.map(whole);
  }

  async byId(reader: Reader, id: number): Promise<Row | undefined> {
    const [row] = await reader.query<Row>('reviews.byId', `SELECT ${COLUMNS} FROM reviews WHERE id = ?`, [
      id,
    ]);
    return row && whole(row);
  }

  lock(tx: Transaction, productId: number, id: number): Promise<ReviewEntity | null> {
    return tx.manager.findOne(ReviewEntity, {
      where: { id, product_id: productId },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** `reviewCount` and `rating` of the product follow by a trigger, in the same transaction. */
  async insert(
    tx: Transaction,
    review: NewReview & { product_id: number; author: string; authorName: string | null },
  ): Promise<number> {
    const { text, params } = sql`INSERT INTO reviews SET ${assign(review)}`;
    return (await tx.execute(text, params)).insertId;
  }

  async delete(tx: Transaction, id: number): Promise<void> {
    await tx.execute('DELETE FROM reviews WHERE id = ?', [id]);
  }
}

/** An older schema may rate in fractions, as DECIMAL. */
const whole = (row: Row): Row => ({ ...row, rating: row.rating === null ? null : Number(row.rating) });
