/** What a script did, for the test to judge. */
export const record = { checks: [], requests: [], sleeps: [], metrics: {} };

/** Where the script is: k6/execution and __VU tell it. */
export const place = { vu: 0, iteration: 0 };
