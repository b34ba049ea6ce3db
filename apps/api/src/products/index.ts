export { productReads, type ProductSample } from './hot-reads';
export { newProduct, type NewProduct } from './dto/product-input';
export { Product } from './product.entity';
export { columnsOf } from './product-columns';
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
export { productRowRules, tagsOfProducts } from './products.rows';
export { ProductsModule } from './products.module';
