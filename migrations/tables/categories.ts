import { isExact, isInteger, isString, isTime, type Column } from './column';

const NOW = '(UTC_TIMESTAMP(3))';

/**
 * @param exact the server's collation for identifiers
 * @param idType type of the key that `parentId` refers to; an older schema's may be wider than ours
 */
export const categoryColumns = (exact: string, idType: string): Column[] => [
  {
    name: 'name',
    type: 'VARCHAR(255)',
    notNull: true,
    fits: isString(255),
    fill: `CONCAT('Category ', id)`,
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
  { name: 'parentId', type: idType, fits: isInteger, formerly: ['parent_id'] },
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
];
