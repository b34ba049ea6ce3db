/**
 * Flags of Node for workers with a memory limit.
 *
 * V8 lets the heap grow by what the machine has, up to four times what is in use: a worker came over its limit with
 * 100 MB in use, and its successor began with an empty cache. So it looks for garbage each time it has grown by 15 %.
 * And young objects get half of the room that Node 20 gives them (Node 24 gives more). With 5,000 connections each saves
 * 15 to 20 MB and takes no processor time that could be measured (docs/performance.md).
 */
export const SMALL_HEAP: readonly string[] = ['--heap-growing-percent=15', '--max-semi-space-size=8'];
