export { Review } from './review.entity';
export { reviewTags } from './reviews.events';
export { ReviewsModule } from './reviews.module';
