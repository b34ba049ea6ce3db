import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { type AbandonSignal, HangUp } from './hang-up';
import { whenOver } from './over';
import type { LoadContext } from './load-context';
import type { Principal } from '../auth/principal';

/**
 * What a reader is owed. `strict`: it has just written, so only what is provably current; `bypass`: its write could
 * not be announced, so no cache at all.
 */
export type Consistency = 'normal' | 'strict' | 'bypass';

/** What belongs to one request and is wanted far below the controller. */
export class RequestContext {
  /** Who asks; undefined for everybody without a valid token. */
  principal?: Principal;
  /** Set when the request carried a token or cookie, valid or not: its answer is never `public`. */
  hasCredentials = false;
  consistency: Consistency = 'normal';
  /** Set by a unit of work that committed; `published` is false when its cache tags could not be dropped yet. */
  written?: { published: boolean };
  /** The load that its handler is called for. */
  load?: LoadContext;
  /** The trace that it belongs to: the one that is being recorded, else the one that the client has named. */
  traceId?: string;

  private hangUp?: HangUp;

  constructor(
    readonly id: string,
    private response?: ServerResponse,
  ) {}

  /**
   * The answer is complete. What was begun for it and lasts longer (the timer of its connection, a promise that somebody
   * keeps) holds this context, and must not hold the request with it.
   */
  end(): void {
    this.response = undefined;
    this.hangUp = undefined;
  }

  /** Aborted when the client hangs up before its answer is complete. Made on first use: most requests never ask. */
  get signal(): AbandonSignal {
    if (!this.hangUp) {
      const hangUp = (this.hangUp = new HangUp());
      const response = this.response;
      const gone = (): void => {
        if (!response?.writableFinished) hangUp.abort();
      };
      if (response) whenOver(response, gone);
    }
    return this.hangUp;
  }
}

const storage = new AsyncLocalStorage<RequestContext>();

/** The storage is put out so long after the last request that wants it was answered, ms. */
const QUIET_MS = 100;
let answering = 0;
let quiet: NodeJS.Timeout | undefined;

/** The context of the request that is being answered; undefined outside of one (start-up, timers), and in loads. */
export const currentContext = (): RequestContext | undefined => storage.getStore();

/**
 * Runs `work` as a request, whose context is found until its answer is complete and a while beyond.
 *
 * While the storage is in use, Node 20 tells it of each promise, timer and event of the whole process: a tenth of what a
 * load from the database takes (docs/performance.md). So it is put out while no request is in the pipeline; hits and
 * plain misses are answered before it, and do without.
 */
export function runAsRequest(context: RequestContext, response: ServerResponse, work: () => void): void {
  answering += 1;
  whenOver(response, answered);
  runInContext(context, work);
}

/** Enters a request's context again, where an event has left it. */
export function runInContext(context: RequestContext, work: () => void): void {
  storage.run(context, work);
  if (answering === 0) putOutSoon(); // its client is gone already
}

function answered(): void {
  answering -= 1;
  if (answering === 0) putOutSoon();
}

function putOutSoon(): void {
  if (quiet) quiet.refresh();
  else quiet = setTimeout(putOut, QUIET_MS).unref();
}

function putOut(): void {
  quiet = undefined;
  if (answering === 0) storage.disable(); // the next `run` takes it into use again
}
