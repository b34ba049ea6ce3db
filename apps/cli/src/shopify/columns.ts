/** Columns of Shopify's product CSV that the catalogue has a place for. */
export const columns = {
  handle: 'Handle',
  title: 'Title',
  body: 'Body (HTML)',
  vendor: 'Vendor',
  category: 'Product Category',
  googleCategory: 'Google Shopping / Google Product Category',
  type: 'Type',
  tags: 'Tags',
  published: 'Published',
  optionNames: ['Option1 Name', 'Option2 Name', 'Option3 Name'],
  optionValues: ['Option1 Value', 'Option2 Value', 'Option3 Value'],
  sku: 'Variant SKU',
  quantity: 'Variant Inventory Qty',
  price: 'Variant Price',
  compareAt: 'Variant Compare At Price',
  image: 'Image Src',
  imagePosition: 'Image Position',
  imageAlt: 'Image Alt Text',
  variantImage: 'Variant Image',
  status: 'Status',
  /** Metafields, Shopify's own way to carry what the format has no column for: they make an export come back whole. */
  description: 'Description (product.metafields.custom.description)',
  specs: 'Specs (product.metafields.custom.specs)',
} as const;

/** Without these a file is no product CSV. */
export const required = [columns.handle, columns.title, columns.price];

/** What Shopify puts where a product has no options. */
export const NO_OPTION = { name: 'Title', value: 'Default Title' } as const;

export const PATH_SEPARATOR = ' > ';
export const UNCATEGORISED = 'Uncategorised';
