import { catalogue, type Listing } from './listing.sql';
import { ProductsListRepository } from './products-list.repository';

const listing: Listing = {
  scope: catalogue,
  inStock: true,
  sort: 'newest',
  price: { min: '10' },
  offset: 0,
  limit: 10,
};

/** Has no rows, and gives up on whoever asks without end. */
function emptyReader() {
  const asked: string[] = [];
  const query = (name: string): Promise<never[]> => {
    asked.push(name);
    if (asked.length > 20) throw new Error('it asks for ever');
    return Promise.resolve([]);
  };
  return { asked, reader: { query } as never };
}

describe('ProductsListRepository.pageByWalking', () => {
  // The total of the scope is read one statement before the total of the range.
  it.each([0, 1, 1_000])('ends when %d entries are expected and there are none', async (expected) => {
    const { asked, reader } = emptyReader();
    const page = await new ProductsListRepository().pageByWalking(reader, listing, expected, 500);
    expect(page.products).toEqual([]);
    expect(asked.at(-1)).toBe('products.endOfWalk');
  });
});
