import { loadConfig } from '@prior/config';
import { wholeNumber, type Command } from '../command';
import { connectPrimary } from '../database';

export const seedCommand: Command = {
  name: 'seed',
  summary:
    'Fills an empty catalogue with products, categories and reviews, the same ones for the same options.',
  flags: {
    products: { type: 'string', value: 'N', help: 'default 10000; a million takes a few minutes' },
    categories: { type: 'string', value: 'N', help: 'default 60, a tree of three levels' },
    reviews: { type: 'string', value: 'N', help: 'default 50000, a few products having most of them (Zipf)' },
    seed: { type: 'string', value: 'N', help: 'default 1; another number makes another catalogue' },
    'if-empty': { type: 'boolean', help: 'do nothing, and say so, where there are products already' },
    'force-append': { type: 'boolean', help: 'add to a catalogue that already holds products' },
  },
  async run(invocation) {
    const options = {
      products: wholeNumber(invocation, 'products', 10_000, 0, 10_000_000),
      categories: wholeNumber(invocation, 'categories', 60, 0, 100_000),
      reviews: wholeNumber(invocation, 'reviews', 50_000, 0, 100_000_000),
      seed: wholeNumber(invocation, 'seed', 1),
      append: invocation.values['force-append'] === true,
    };
    const { database } = loadConfig();
    // faker and the rest of it are only loaded by whoever seeds.
    const { hasProducts, seed } = await import('../seed/seed.js');
    const { query, close } = await connectPrimary(database);
    const started = Date.now();
    try {
      if (invocation.values['if-empty'] === true && (await hasProducts(query))) {
        console.log('The catalogue holds products already: nothing to seed.');
        return 0;
      }
      await seed(query, options, (line) => console.error(`  ${line}`));
    } finally {
      await close();
    }
    const { products, categories, reviews } = options;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`Seeded ${products} products, ${categories} categories, ${reviews} reviews in ${seconds} s.`);
    return 0;
  },
};
