import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { recordsOf, type ExportedProduct, exportColumns } from '../export/product-rows';
import { stringify } from 'csv-stringify/sync';
import { type Group, groupsOf } from './groups';
import { textOf } from './html-text';
import { amountOf, hundredths } from './money';
import { csvRows } from './rows';
import { toProduct } from './to-product';

async function groups(text: string): Promise<Group[]> {
  const all: Group[] = [];
  for await (const group of groupsOf(csvRows(Readable.from([text])))) all.push(group);
  return all;
}

async function product(...lines: string[]) {
  const [group] = await groups(lines.join('\n'));
  if (!group) throw new Error('no product');
  const read = toProduct(group);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read;
}

describe('money', () => {
  it.each([
    ['50', '50.00'],
    ['0.5', '0.50'],
    ['1234.50', '1234.50'],
    ['7.5000', '7.50'],
    ['9999999999.99', '9999999999.99'],
  ])('%s is %s', (text, amount) => expect(amountOf(hundredths(text) ?? -1n)).toBe(amount));

  it.each(['', '-1', '1,200.00', '1.005', '1e3', '12345678901', '৳ 50', ' 1'])('%p is none', (text) =>
    expect(hundredths(text)).toBeUndefined(),
  );
});

describe('the text of a body', () => {
  it.each([
    ['<p>Cool &amp; light.</p><p>Soft</p>', 'Cool & light. Soft'],
    ['a<br>b<br/>c', 'a b c'],
    ['<style>p { color: red }</style><!-- x > y -->shown<script>alert("<b>")</script>', 'shown'],
    ['&#2453;&#x09BE;&nbsp;&bogus; 3 < 4', 'কা &bogus; 3 < 4'],
    ['&#0; &#99999999;', '&#0; &#99999999;'],
  ])('%s', (html, text) => expect(textOf(html)).toBe(text));
});

describe('a product of the file', () => {
  const header =
    'Handle,Title,Variant Price,Variant Compare At Price,Variant Inventory Qty,Type,Product Category';

  it('costs what its cheapest variant costs, with the discount of that one', async () => {
    const { product: cap } = await product(header, 'cap,Cap,20,90,1,,', 'cap,,10,12,2,,', 'cap,,30,,,,');
    expect(cap).toMatchObject({ updatedPrice: '10.00', unitPrice: '12.00', quantity: 3 });
  });

  it('has no discount where the former price is not higher', async () => {
    const { product: cap } = await product(header, 'cap,Cap,20,20,1,,');
    expect(cap).toMatchObject({ updatedPrice: '20.00', unitPrice: '20.00' });
  });

  it.each([
    ['Hats', '', ['Hats']],
    ['', 'Apparel > Hats', ['Apparel', 'Hats']],
    ['Caps', 'Apparel > Hats', ['Apparel', 'Hats']],
    ['', '', ['Uncategorised']],
  ])('with type "%s" and category "%s" is put into %p', async (type, path, category) => {
    expect((await product(header, `cap,Cap,1,,1,${type},${path}`)).category).toEqual(category);
  });

  it('says nothing about stock where the file does not', async () => {
    expect((await product('Handle,Title,Variant Price', 'cap,Cap,1')).product).toEqual({
      slug: 'cap',
      name: 'Cap',
      updatedPrice: '1.00',
      unitPrice: '1.00',
    });
  });
});

describe('an export', () => {
  const text = fc
    .string({ minLength: 1, maxLength: 12 })
    .map((raw) => raw.trim())
    .filter((raw) => raw !== '');
  const name = text.filter((raw) => !['Tags', 'SKU', 'Vendor', 'Type', 'Title', '__proto__'].includes(raw));
  const specs = fc.dictionary(name, fc.oneof(text, fc.uniqueArray(text, { minLength: 1, maxLength: 4 })), {
    maxKeys: 5,
  });
  const money = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.bigInt({ min: 0n, max: 10n ** 9n }));
  const images = fc.array(fc.record({ url: fc.webUrl(), alt: fc.option(text) }), { maxLength: 5 });

  it('is read back as the same product, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        specs,
        money,
        images,
        fc.nat(1000),
        async (title, body, own, [paid, off], pictures, quantity) => {
          const exported: ExportedProduct = {
            slug: 'slug',
            name: title,
            description: 'Own text',
            long_description: body,
            thumbnail: pictures[0]?.url ?? null,
            images: pictures,
            specs: own,
            unitPrice: amountOf(paid + off),
            updatedPrice: amountOf(paid),
            hasDiscount: off > 0n,
            quantity,
            category: ['A', 'B'],
          };
          const csv = stringify(recordsOf(exported), { header: true, columns: [...exportColumns] });
          const { product: read, category } = await product(csv);
          const { hasDiscount: _, category: path, ...expected } = exported;
          expect(read).toEqual(expected);
          expect(category).toEqual(path);
        },
      ),
      { numRuns: 60 },
    );
  });
});
