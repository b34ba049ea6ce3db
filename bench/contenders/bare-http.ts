/** Nothing but Node's own server and the same bytes: the limit of what one process can answer. */
import { createServer } from 'node:http';
import { JSON_TYPE, sameBytes, setting } from './setting';

const bytes = sameBytes();
const headers = { 'content-type': JSON_TYPE, 'content-length': bytes.length };

createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(bytes);
}).listen(setting.port, '127.0.0.1');
