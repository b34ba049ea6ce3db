import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Cached, Load } from '@prior/cache';
import { Answer, ApiProblems, type LoadContext, revTag, Roles } from '@prior/http';
import type { FastifyReply } from 'fastify';
import { categoryTags } from './categories.events';
import { CategoriesService } from './categories.service';
import { type CategoryChanges, categoryChanges, type NewCategory, newCategory } from './dto/category-input';
import { categoryDetail, type CategoryDetail, categoryTree, type CategoryTree } from './dto/category-output';

const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag that you read: 412 when it was changed since',
};
const ETAG = { ETag: { description: 'Carries `rev`, for If-Match', schema: { type: 'string' as const } } };
const shown = { tags: () => [categoryTags.tree, categoryTags.counts] };

@ApiTags('categories')
@Controller('categories')
export class CategoriesController {
  constructor(private readonly categories: CategoriesService) {}

  @Get()
  @ApiOperation({ summary: 'The tree of all categories, with their product counts' })
  @Answer(categoryTree)
  @Cached({ ttl: 'list', ...shown })
  tree(@Load() load: LoadContext): Promise<CategoryTree> {
    return this.categories.tree(load);
  }

  @Get(':slug')
  @ApiOperation({ summary: 'A category with its path and children' })
  @Answer(categoryDetail, { headers: ETAG })
  @ApiProblems('category_not_found')
  @Cached({ ttl: 'detail', ...shown, etagPrefix: (category: CategoryDetail) => `${revTag(category)}-` })
  detail(@Param('slug') slug: string, @Load() load: LoadContext): Promise<CategoryDetail> {
    return this.categories.detail(load, slug);
  }

  @Post()
  @Roles('admin')
  @ApiOperation({ summary: 'Make a category' })
  @Answer(categoryDetail, { status: 201, description: 'Created', headers: ETAG })
  @ApiProblems('validation_failed', 'malformed_json', 'slug_taken')
  async create(
    @Body({ schema: newCategory }) input: NewCategory,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CategoryDetail> {
    const created = await this.categories.create(input);
    return written(reply.header('location', `/api/categories/${encodeURIComponent(created.slug)}`), created);
  }

  @Patch(':slug')
  @Roles('admin')
  @ApiHeader(IF_MATCH)
  @ApiOperation({ summary: 'Rename or move a category' })
  @Answer(categoryDetail, { headers: ETAG })
  @ApiProblems('validation_failed', 'malformed_json', 'category_not_found', 'slug_taken', 'category_cycle')
  @ApiProblems('precondition_failed')
  async change(
    @Param('slug') slug: string,
    @Body({ schema: categoryChanges }) changes: CategoryChanges,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CategoryDetail> {
    return written(reply, await this.categories.change(slug, changes, ifMatch));
  }

  @Delete(':slug')
  @Roles('admin')
  @HttpCode(204)
  @ApiHeader(IF_MATCH)
  @ApiOperation({ summary: 'Delete an empty category' })
  @ApiNoContentResponse({ description: 'Gone' })
  @ApiProblems('category_not_found', 'category_not_empty', 'precondition_failed')
  delete(@Param('slug') slug: string, @Headers('if-match') ifMatch: string | undefined): Promise<void> {
    return this.categories.delete(slug, ifMatch);
  }
}

/** The ETag of what was written is good for the next If-Match. */
function written(reply: FastifyReply, category: CategoryDetail): CategoryDetail {
  reply.header('etag', `"${revTag(category)}"`);
  return category;
}
