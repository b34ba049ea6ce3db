import { searchText, slugify } from '@prior/database';
import type { SeedShelf } from './categories';
import type { Random } from './random';
import {
  bengaliAdjectives,
  bengaliColours,
  bengaliSentences,
  englishSentences,
  type Vocabulary,
} from './vocabulary';

/** The catalogue's present: fixed, so that the same seed makes the same rows on any day. */
export const SEED_NOW = Date.UTC(2026, 0, 1);
const TWO_YEARS = 2 * 365 * 24 * 3600 * 1000;

export const PRODUCT_COLUMNS = [
  'id',
  'name',
  'slug',
  'description',
  'long_description',
  'thumbnail',
  'images',
  'specs',
  'unitPrice',
  'updatedPrice',
  'hasDiscount',
  'quantity',
  'categoryId',
  'reviewCount',
  'ratingSum',
  'created_at',
  'updated_at',
  'searchText',
] as const;

const SHARE_OF_BENGALI = 0.2;

/** Paisa as DECIMAL's digits: no float is ever a price. */
const money = (paisa: number): string => `${Math.floor(paisa / 100)}.${String(paisa % 100).padStart(2, '0')}`;

/** Prices spread around a category's own, most of them round. */
function prices(shelf: SeedShelf, { next, integer }: Random): { unit: number; paid: number } {
  const spread = Math.exp((next() + next() + next() - 1.5) * 1.1);
  const taka = Math.max(20, Math.round((shelf.price * spread) / 10) * 10);
  const unit = taka * 100 - (integer(3) === 0 ? 1 : 0);
  const discount = integer(10) < 3 ? 5 * (1 + integer(10)) : 0;
  return { unit, paid: Math.round((unit * (100 - discount)) / 100) };
}

interface Words {
  readonly name: string;
  readonly description: string;
  readonly more: string;
  readonly colour: string;
  readonly brand: string;
}

function words(shelf: SeedShelf, vocabulary: Vocabulary, random: Random): Words {
  return random.next() < SHARE_OF_BENGALI
    ? bengaliWords(shelf, vocabulary, random)
    : englishWords(shelf, vocabulary, random);
}

function bengaliWords(shelf: SeedShelf, vocabulary: Vocabulary, { pick }: Random): Words {
  const [brand, colour] = [pick(vocabulary.brands), pick(bengaliColours)];
  const name = `${pick(bengaliAdjectives)} ${colour} ${pick(shelf.bengali)} - ${brand}`;
  const [description, more] = [`${pick(bengaliSentences)} ${pick(bengaliSentences)}`, pick(bengaliSentences)];
  return { name, brand, colour, description, more };
}

function englishWords(shelf: SeedShelf, vocabulary: Vocabulary, { integer, pick }: Random): Words {
  const [brand, colour, noun] = [pick(vocabulary.brands), pick(vocabulary.colours), pick(shelf.nouns)];
  const material = shelf.materials ? ` ${pick(vocabulary.materials)}` : '';
  const model = shelf.materials ? '' : ` ${String.fromCharCode(65 + integer(26))}${10 + integer(90)}`;
  const name = `${brand} ${pick(vocabulary.adjectives)}${material} ${noun}${model}`;
  const sentence = () =>
    pick(englishSentences).replace('{noun}', noun.toLowerCase()).replace('{colour}', colour);
  return { name, brand, colour, description: `${sentence()} ${sentence()}`, more: sentence() };
}

export interface ProductSource {
  readonly shelves: readonly SeedShelf[];
  readonly vocabulary: Vocabulary;
  readonly random: Random;
}

/** One product as a row of PRODUCT_COLUMNS, its review counters included. */
export function productRow(
  source: ProductSource,
  id: number,
  reviewCount: number,
  starSum: number,
): unknown[] {
  const { random, vocabulary } = source;
  const shelf = random.pick(source.shelves);
  const { name, description, more, colour, brand } = words(shelf, vocabulary, random);
  const { unit, paid } = prices(shelf, random);
  const image = (n: number) => `https://images.example.com/products/${id}/${n}.webp`;
  const images = Array.from({ length: 1 + random.integer(4) }, (_, n) => ({ url: image(n + 1), alt: name }));
  const specs = {
    Brand: brand,
    Colour: colour,
    Warranty: random.pick(['None', '6 months', '1 year', '2 years']),
  };
  const created = new Date(SEED_NOW - Math.floor(random.next() * TWO_YEARS));
  return [
    id,
    name,
    `${slugify(name)}-${id}`,
    description,
    `<p>${description}</p><p>${more}</p>`,
    `https://images.example.com/products/${id}/thumb.webp`,
    JSON.stringify(images),
    JSON.stringify(specs),
    money(unit),
    money(paid),
    paid < unit ? 1 : 0,
    random.integer(100) < 8 ? 0 : 1 + random.integer(200),
    shelf.categoryId,
    reviewCount,
    starSum,
    created,
    created,
    searchText(name, description),
  ];
}
