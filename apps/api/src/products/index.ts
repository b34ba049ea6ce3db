export { Product } from './product.entity';
export { ProductLookup } from './product-lookup';
export {
  productChanged,
  productCreated,
  productDeleted,
  type ProductFacts,
  productTags,
  ratingMoved,
  stockMoved,
} from './products.events';
export { ProductsModule } from './products.module';
export { productRowRules, tagsOfProducts } from './products.rows';
