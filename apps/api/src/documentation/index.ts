export { openApiDocument } from './document';
export { mountDocs } from './routes';
