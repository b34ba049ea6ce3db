export { reviewReads } from './hot-reads';
export { Review } from './review.entity';
export { reviewTags } from './reviews.events';
export { reviewRowRules } from './reviews.rows';
export { ReviewsModule } from './reviews.module';
