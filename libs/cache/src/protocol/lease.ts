import { hash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gathering, type RedisSession } from '@prior/resilience';
import { FILLED, RELEASE_LEASES, TAKE_LEASES } from './scripts';

/** A holder that dies keeps the others waiting this long, ms. Longer than any load: statements end after 5 s. */
const LEASE_MS = 6_000;
/** Longer names are hashed, characters. */
const MAX_NAME = 200;
const COMMON = [String(LEASE_MS), FILLED];

/** A lease to be taken, or to be given back. */
interface Wish {
  readonly lease: string;
  readonly entry: string;
  readonly owner: string;
  /** Taken only where there is no entry; given back because there is one now. */
  readonly entryCounts: boolean;
}

const nothing = (): void => undefined;

/** Whoever waits for a lease finds what was stored under it, so its return may wait for others, ms. */
const RETURN_MS = 50;

interface Returns {
  readonly wishes: Wish[];
  readonly done: Promise<void>;
}
const returns = new WeakMap<RedisSession, Returns>();

/** Gives back leases that were filled, many in one command. Resolves when that is done; never rejects. */
function giveBackLater(session: RedisSession, wish: Wish): Promise<void> {
  const waiting = returns.get(session);
  if (waiting) {
    waiting.wishes.push(wish);
    return waiting.done;
  }
  const wishes = [wish];
  const send = () => {
    returns.delete(session);
    return giveBack(session, wishes);
  };
  const done = sleep(RETURN_MS, undefined, { ref: false }).then(send);
  returns.set(session, { wishes, done });
  return done;
}

const argsOf = (wishes: readonly Wish[]): string[] =>
  COMMON.concat(...wishes.map(({ owner, entryCounts }) => [owner, entryCounts ? '1' : '0']));

const taking = new Gathering<Wish, number>((session, take) =>
  session.scriptOf(TAKE_LEASES, () => {
    const wishes = take();
    return { keys: wishes.flatMap(({ lease, entry }) => [lease, entry]), args: argsOf(wishes) };
  }),
);

/** Never rejects. */
function giveBack(session: RedisSession, wishes: readonly Wish[]): Promise<void> {
  const keys = wishes.map(({ lease }) => lease);
  return session.script(RELEASE_LEASES, keys, argsOf(wishes)).then(nothing, nothing);
}

/**
 * The right to load one answer, between processes, as in Facebook's memcache leases (NSDI '13). It is named by the
 * answer's key AND its tag versions: after an invalidation a new lease can be had at once, so a slow load of old rows
 * keeps nobody from loading new ones.
 */
export class Lease {
  private readonly key: string;
  private readonly owner = randomUUID();

  /** @param entry key in Redis under which the answer is stored, without the session's prefix */
  constructor(
    private readonly session: RedisSession,
    private readonly entry: string,
    versions: readonly string[],
  ) {
    const name = versions.join(',');
    // (Mostly two or three versions; a list of named products may have a hundred.)
    this.key = `{${entry}}:lease:${name.length <= MAX_NAME ? name : hash('sha1', name, 'base64url')}`;
  }

  /**
   * @returns `first`: it is held by the caller, and nobody has stored an answer under it; `mine`: held, and an earlier
   *   holder has stored what it loaded; `theirs`: another holds it
   * @throws RedisUnavailable
   */
  take(): Promise<'first' | 'mine' | 'theirs'> {
    return taking
      .put(this.session, this.wish(false))
      .then((answer) => (answer === 2 ? 'first' : answer === 1 ? 'mine' : 'theirs'));
  }

  /**
   * The same in one step with a look for the answer, whatever versions it has.
   *
   * @returns `stored`: there is one, and nobody holds anything new
   * @throws RedisUnavailable
   */
  takeUnlessStored(): Promise<'mine' | 'theirs' | 'stored'> {
    return taking
      .put(this.session, this.wish(true))
      .then((answer) => (answer === 3 ? 'stored' : answer === 0 ? 'theirs' : 'mine'));
  }

  /**
   * Gives it back early; never rejects, it expires by itself. One that was not filled at once: others wait for it.
   *
   * @param filled an answer was stored, or is on its way there
   */
  release({ filled = false } = {}): Promise<void> {
    const wish = this.wish(filled);
    if (filled) return giveBackLater(this.session, wish);
    return giveBack(this.session, [wish]);
  }

  private wish(entryCounts: boolean): Wish {
    return { lease: this.key, entry: this.entry, owner: this.owner, entryCounts };
  }
}

/**
 * A lease that was taken ahead of its load, for one request or for several that share a look: one of them uses it, or all
 * drop it.
 */
export class LeaseAhead {
  private holders = 1;

  constructor(private lease: Lease | undefined) {}

  /** One more may use it, and has to drop it. */
  share(): void {
    this.holders += 1;
  }

  /** The lease, for the first who asks. */
  use(): Lease | undefined {
    const { lease } = this;
    this.lease = undefined;
    return lease;
  }

  /** Gives back what nobody has used, when it is the last who says so. */
  drop(): void {
    this.holders -= 1;
    if (this.holders <= 0) void this.use()?.release();
  }
}
