/** Fastify without a plugin, a hook or a log, and the same bytes: the unit in which the others are stated. */
import fastify from 'fastify';
import { JSON_TYPE, sameBytes, setting } from './setting';

const bytes = sameBytes();
const app = fastify();

app.get('/*', (_request, reply) => {
  void reply.header('content-type', JSON_TYPE).send(bytes);
});
void app.listen({ port: setting.port, host: '127.0.0.1' });
