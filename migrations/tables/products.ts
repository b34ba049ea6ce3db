import { isDecimal, isExact, isInteger, isString, isText, isTime, widerDecimal, type Column } from './column';

const NOW = '(UTC_TIMESTAMP(3))';

/**
 * @param exact the server's collation for identifiers
 * @param categoryIdType type of the key that `categoryId` refers to; an older schema's may be wider than ours
 */
export const productColumns = (exact: string, categoryIdType: string): Column[] => [
  {
    name: 'name',
    type: 'VARCHAR(255)',
    notNull: true,
    fits: isString(255),
    fill: `CONCAT('Product ', id)`,
    formerly: ['title'],
  },
  {
    name: 'slug',
    type: 'VARCHAR(191)',
    widened: ({ length }) => `VARCHAR(${Math.min(700, Math.max(191, length ?? 0))})`,
    notNull: true,
    collation: `CHARACTER SET utf8mb4 COLLATE ${exact}`,
    fits: isExact(191, exact),
  },
  { name: 'description', type: 'TEXT', fits: isText('text') },
  { name: 'long_description', type: 'MEDIUMTEXT', fits: isText('mediumtext'), formerly: ['longDescription'] },
  {
    name: 'thumbnail',
    type: 'VARCHAR(1024)',
    fits: isString(1024),
    widened: textIfText('VARCHAR(1024)'),
    formerly: ['image', 'image_url'],
  },
  { name: 'images', type: 'JSON', fits: isJson },
  { name: 'specs', type: 'JSON', fits: isJson, formerly: ['specifications'] },
  {
    name: 'unitPrice',
    type: 'DECIMAL(12,2)',
    widened: widerDecimal,
    notNull: true,
    fits: isDecimal,
    fill: 'updatedPrice',
    formerly: ['unit_price', 'price'],
  },
  {
    name: 'updatedPrice',
    type: 'DECIMAL(12,2)',
    widened: widerDecimal,
    notNull: true,
    fits: isDecimal,
    fill: 'unitPrice',
    formerly: ['updated_price'],
  },
  {
    name: 'hasDiscount',
    type: 'TINYINT(1)',
    notNull: true,
    default: '0',
    fits: isInteger,
    fill: 'updatedPrice < unitPrice',
    formerly: ['has_discount'],
  },
  {
    name: 'quantity',
    type: 'INT',
    notNull: true,
    default: '0',
    fits: isInteger,
    fill: '0',
    formerly: ['stock'],
  },
  { name: 'categoryId', type: categoryIdType, fits: isInteger, formerly: ['category_id'] },
  { name: 'reviewCount', type: 'INT', notNull: true, default: '0', fits: isInteger, fill: '0' },
  {
    name: 'ratingSum',
    type: 'INT',
    notNull: true,
    default: '0',
    fits: (c) => isInteger(c) || c.type === 'decimal',
    fill: '0',
  },
  {
    name: 'rating',
    type: 'DECIMAL(3,2)',
    notNull: true,
    default: '0',
    fits: (c) => c.type === 'decimal' && (c.scale ?? 0) >= 2,
    fill: '0',
  },
  { name: 'rev', type: 'INT UNSIGNED', notNull: true, default: '0', fits: isInteger, fill: '0' },
  {
    name: 'created_at',
    type: 'DATETIME(3)',
    notNull: true,
    default: NOW,
    fits: isTime,
    fill: 'UTC_TIMESTAMP(3)',
    formerly: ['createdAt'],
  },
  {
    name: 'updated_at',
    type: 'DATETIME(3)',
    notNull: true,
    default: NOW,
    fits: isTime,
    fill: 'created_at',
    formerly: ['updatedAt'],
  },
  {
    name: 'searchText',
    type: 'MEDIUMTEXT',
    collation: 'CHARACTER SET ascii COLLATE ascii_bin',
    fits: (c) => c.charset === 'ascii',
  },
];

/** MySQL has a type for JSON; MariaDB's is LONGTEXT with a check. */
function isJson({ type, collation }: { type: string; collation: string | null }): boolean {
  return type === 'json' || (type === 'longtext' && collation === 'utf8mb4_bin');
}

/** A text column is not cut down to a VARCHAR. */
function textIfText(otherwise: string) {
  return ({ type }: { type: string }): string => (type.endsWith('text') ? 'TEXT' : otherwise);
}
