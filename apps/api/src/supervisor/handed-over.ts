import type { ChildProcess } from 'node:child_process';
import type { Worker } from 'node:cluster';

/** The message of Node's cluster module that takes a connection along. */
interface NewConnection {
  readonly cmd: 'NODE_CLUSTER';
  readonly act: 'newconn';
  readonly seq: number;
}

/** How long the end of a dead worker's channel may be on its way, ms. */
const CHANNEL_MS = 5;

/**
 * Hands on the connection that a worker was given but has not taken when it dies.
 *
 * Node gives a worker one connection at a time and waits for its word. Of a worker that was killed no word comes: Node
 * forgets the connection without closing it, and its client waits until it gives up. Here the word is spoken in the
 * worker's place, "not accepted", and Node gives the connection to another worker. A worker gives its word before it
 * reads, so nothing of the request is lost.
 */
export function handOnUntaken(worker: Worker): void {
  const child: ChildProcess = worker.process;
  const send = child.send;
  let last: NewConnection | undefined;
  child.send = function (...args: Parameters<typeof send>) {
    if (isNewConnection(args[0])) last = args[0];
    return send.apply(child, args);
  } as typeof send;
  const handOn = (): void => {
    // Its last words may still be in the channel.
    if (worker.isConnected()) return void setTimeout(handOn, CHANNEL_MS);
    if (!last) return;
    // Node keeps this event back for ever while a connection is under way, and would give the dead worker more of them.
    child.emit('disconnect');
    // Of a connection that was taken Node knows nothing any more, and ignores this.
    child.emit('internalMessage', { cmd: last.cmd, ack: last.seq, accepted: false });
  };
  worker.once('exit', handOn);
}

function isNewConnection(message: unknown): message is NewConnection {
  const { cmd, act, seq } = (message ?? {}) as Partial<NewConnection>;
  return cmd === 'NODE_CLUSTER' && act === 'newconn' && typeof seq === 'number';
}
