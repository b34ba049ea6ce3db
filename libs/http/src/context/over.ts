import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Notes } from './notes';

/** Who waits for the end of a connection, by it. */
const waiting = new Notes<Set<() => void>>();

/**
 * Calls `over` once when a response is complete or can be no more, at once if that is so already. Its `close` does not always say so: of an answer that
 * waits for those before it on its connection (pipelining) Node says nothing when that connection ends.
 */
export function whenOver(response: ServerResponse, over: () => void): void {
  const socket = response.socket ? undefined : (response.req as typeof response.req | undefined)?.socket;
  if (response.destroyed || socket?.destroyed) return over();
  response.once('close', over);
  if (!socket) return;
  const all = waitingFor(socket);
  const gone = (): void => {
    response.removeListener('close', over);
    over();
  };
  all.add(gone);
  response.once('close', () => all.delete(gone));
}

/** One listener for all of a connection's requests, which may be many. */
function waitingFor(socket: Socket): Set<() => void> {
  const known = waiting.get(socket);
  if (known) return known;
  const all = new Set<() => void>();
  waiting.set(socket, all);
  socket.once('close', () => all.forEach((gone) => gone()));
  return all;
}
