import { Module } from '@nestjs/common';
import { CategoriesModule } from '../categories';
import { ProductLookup } from './product-lookup';
import { ProductsController } from './products.controller';
import { ProductsListRepository } from './products-list.repository';
import { ProductsListService } from './products-list.service';
import { ProductsReadRepository } from './products-read.repository';
import { ProductsSearchRepository } from './products-search.repository';
import { ProductsService } from './products.service';
import { ProductsWriteRepository } from './products-write.repository';
import { Idempotency } from './stock/idempotency';
import { StockController } from './stock/stock.controller';
import { StockRepository } from './stock/stock.repository';
import { StockService } from './stock/stock.service';

@Module({
  imports: [CategoriesModule],
  controllers: [StockController, ProductsController],
  providers: [
    ProductsService,
    ProductsListService,
    ProductsListRepository,
    ProductsSearchRepository,
    ProductsReadRepository,
    ProductsWriteRepository,
    ProductLookup,
    StockService,
    StockRepository,
    Idempotency,
  ],
  exports: [ProductLookup],
})
export class ProductsModule {}
