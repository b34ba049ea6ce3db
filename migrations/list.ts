import { CatalogueTables1700000000001 } from './1700000000001-catalogue-tables';
import { CatalogueIndexes1700000000002 } from './1700000000002-catalogue-indexes';
import { MachineryTables1700000000003 } from './1700000000003-machinery-tables';
import { DerivedTables1700000000004 } from './1700000000004-derived-tables';
import { FullText1700000000005 } from './1700000000005-full-text';
import { BinlogFollower1700000000006 } from './1700000000006-binlog-follower';

/** In the order in which they run. */
export const migrations = [
  CatalogueTables1700000000001,
  CatalogueIndexes1700000000002,
  MachineryTables1700000000003,
  DerivedTables1700000000004,
  FullText1700000000005,
  BinlogFollower1700000000006,
];
