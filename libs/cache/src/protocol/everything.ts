/**
 * The tag of every cached answer. Dropping it empties both tiers at the cost of one key: for changes that nobody can
 * name (a statement instead of rows in the binlog, a position that was purged, an operator who wants it so).
 */
export const EVERYTHING = 'all';
