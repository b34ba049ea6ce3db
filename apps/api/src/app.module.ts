import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { CacheModule, FollowerModule } from '@prior/cache';
import { type AppConfig, ConfigModule } from '@prior/config';
import { DatabaseModule } from '@prior/database';
import { HttpModule } from '@prior/http';
import { RedisModule } from '@prior/resilience';
import { TrafficModule } from '@prior/traffic';
import { AdminModule } from './admin';
import { CategoriesModule, Category, categoryRowRules } from './categories';
import { HealthModule } from './health';
import { LifecycleModule } from './lifecycle';
import { OutsideWritersModule } from './outside-writers';
import { Product, productRowRules, ProductsModule } from './products';
import { Review, reviewRowRules, ReviewsModule } from './reviews';

const entities = [Category, Product, Review];
const rules = [...productRowRules, ...categoryRowRules, ...reviewRowRules];

/** The list of modules, nothing else. HttpModule comes before everything with interceptors of its own. */
@Module({})
export class AppModule {
  /** @param more modules beside the application's own: tests bring handlers to try the pipeline with */
  static forRoot(config: AppConfig, more: NonNullable<ModuleMetadata['imports']> = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        HttpModule,
        LifecycleModule,
        RedisModule.forRoot(),
        DatabaseModule.forRoot({ entities }),
        CacheModule,
        FollowerModule.forRoot({ entities, rules }),
        TrafficModule.forRoot(),
        AdminModule,
        HealthModule,
        CategoriesModule,
        ProductsModule,
        ReviewsModule,
        OutsideWritersModule,
        ...more,
      ],
    };
  }
}
