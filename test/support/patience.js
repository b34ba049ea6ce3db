/** Real servers on a shared machine: a test may take long without being wrong. Nothing here asserts on time. */
jest.setTimeout(60_000);
