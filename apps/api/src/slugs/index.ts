export { insertWithSlug, refusingTaken, slugCandidates } from './free-slug';
export { slugInput } from './slug-input';
