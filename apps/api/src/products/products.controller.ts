import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import {
  ApiHeader,
  ApiMovedPermanentlyResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiPermanentRedirectResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Cached, Load } from '@prior/cache';
import { Answer, ApiProblems, type LoadContext, revTag, Roles } from '@prior/http';
import type { FastifyReply } from 'fastify';
import { categoryTags } from '../categories';
import { listQuery, type ListQuery } from './dto/list-query';
import { type NewProduct, newProduct, type ProductChanges, productChanges } from './dto/product-input';
import { type ProductDetail, productDetail, type ProductList, productList } from './dto/product-output';
import { listCaching } from './list-caching';
import { productTags } from './products.events';
import { ProductsListService } from './products-list.service';
import { ProductsService } from './products.service';

const text = { type: 'string' as const };
const ETAG = { ETag: { description: 'Carries `rev`, for If-Match', schema: text } };
const LOCATION = { Location: { description: 'Its address', schema: text } };
const LINK = { Link: { description: '`first`, `prev`, `next`, `last` (RFC 8288)', schema: text } };
const RENAMED = { description: 'It has another slug now: repeat the request there', headers: LOCATION };
const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag that you read: 412 when it was changed since',
};

@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(
    private readonly products: ProductsService,
    private readonly lists: ProductsListService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List products: filter, sort, search, or look up by ids or slugs' })
  @Answer(productList, { headers: LINK })
  @ApiProblems('validation_failed', 'invalid_cursor', 'offset_too_deep', 'category_not_found')
  @Cached(listCaching)
  list(@Query({ schema: listQuery }) asked: ListQuery, @Load() load: LoadContext): Promise<ProductList> {
    return this.lists.list(load, asked);
  }

  @Get(':slug')
  @ApiOperation({ summary: 'A product with everything about it' })
  @Answer(productDetail, { headers: ETAG })
  @ApiMovedPermanentlyResponse(RENAMED)
  @ApiProblems('product_not_found')
  @Cached({
    ttl: 'detail',
    tags: ({ params }) => [productTags.at(params['slug'] ?? ''), categoryTags.tree],
    etagPrefix: (product: ProductDetail) => `${revTag(product)}-`,
  })
  detail(@Param('slug') slug: string, @Load() load: LoadContext): Promise<ProductDetail> {
    return this.products.detail(load, slug);
  }

  @Post()
  @Roles('admin')
  @ApiOperation({ summary: 'Make a product' })
  @Answer(productDetail, { status: 201, description: 'Created', headers: { ...LOCATION, ...ETAG } })
  @ApiProblems('validation_failed', 'malformed_json', 'slug_taken')
  async create(
    @Body({ schema: newProduct }) input: NewProduct,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductDetail> {
    const created = await this.products.create(input);
    return written(reply.header('location', `/api/products/${encodeURIComponent(created.slug)}`), created);
  }

  @Patch(':slug')
  @Roles('admin')
  @ApiHeader(IF_MATCH)
  @ApiOperation({ summary: 'Change a product; a changed slug leaves a redirect behind' })
  @ApiPermanentRedirectResponse(RENAMED)
  @Answer(productDetail, { headers: ETAG })
  @ApiProblems(
    'validation_failed',
    'malformed_json',
    'product_not_found',
    'slug_taken',
    'precondition_failed',
  )
  async change(
    @Param('slug') slug: string,
    @Body({ schema: productChanges }) changes: ProductChanges,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductDetail> {
    return written(reply, await this.products.change(slug, changes, ifMatch));
  }

  @Delete(':slug')
  @Roles('admin')
  @HttpCode(204)
  @ApiHeader(IF_MATCH)
  @ApiOperation({ summary: 'Delete a product with its reviews' })
  @ApiPermanentRedirectResponse(RENAMED)
  @ApiNoContentResponse({ description: 'Gone' })
  @ApiProblems('product_not_found', 'precondition_failed')
  delete(@Param('slug') slug: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.products.delete(slug, ifMatch);
  }
}

/** The ETag of what was written is good for the next If-Match. */
function written(reply: FastifyReply, product: ProductDetail): ProductDetail {
  reply.header('etag', `"${revTag(product)}"`);
  return product;
}
