export { categoryReads } from './hot-reads';
export { CategoriesModule } from './categories.module';
export { CategoriesRepository } from './categories.repository';
export { categoryRowRules, listsOf, tagsOfCategories } from './categories.rows';
export { categoryCreated, categoryLists, type CategoryRef, categoryTags } from './categories.events';
export { pathColumn, pathIn } from './category-path';
export { Category } from './category.entity';
export { categoryStep, type CategoryStep } from './dto/category-output';
