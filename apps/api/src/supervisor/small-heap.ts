/**
 * Flags of Node for workers with a memory limit.
 *
 * V8 lets the heap grow by what the machine has, up to four times what is in use: a worker came over its limit with
 * 100 MB in use, and its successor began with an empty cache. So it looks for garbage each time it has grown by 30 %.
 */
export const SMALL_HEAP: readonly string[] = ['--heap-growing-percent=30'];
