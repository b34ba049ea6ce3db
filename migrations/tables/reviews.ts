import { isExact, isInteger, isString, isText, isTime, type Column } from './column';

/**
 * @param exact the server's collation for identifiers
 * @param productIdType type of the key that `product_id` refers to; an older schema's may be wider than ours
 */
export const reviewColumns = (exact: string, productIdType: string): Column[] => [
  {
    name: 'product_id',
    type: productIdType,
    notNull: true,
    fits: isInteger,
    fill: '0',
    formerly: ['productId'],
  },
  {
    name: 'author',
    type: 'VARCHAR(191)',
    collation: `CHARACTER SET utf8mb4 COLLATE ${exact}`,
    fits: isExact(191, exact),
  },
  {
    name: 'authorName',
    type: 'VARCHAR(191)',
    fits: isString(191),
    formerly: ['user_name', 'userName', 'customer_name', 'name'],
  },
  {
    name: 'rating',
    type: 'TINYINT',
    fits: (column) => isInteger(column) || column.type === 'decimal',
    formerly: ['stars'],
  },
  { name: 'title', type: 'VARCHAR(255)', fits: isString(255) },
  { name: 'body', type: 'TEXT', fits: isText('text'), formerly: ['comment', 'review', 'content', 'text'] },
  {
    name: 'created_at',
    type: 'DATETIME(3)',
    notNull: true,
    default: '(UTC_TIMESTAMP(3))',
    fits: isTime,
    fill: 'UTC_TIMESTAMP(3)',
    formerly: ['createdAt'],
  },
];
