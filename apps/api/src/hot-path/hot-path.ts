import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AtHand, EarlyAnswers, EarlyLoads } from '@prior/cache';
import { markArrival, noneMatch, Notes, requestId, traceOf, workClassOfUrl } from '@prior/http';
import { currentSpan, metrics } from '@prior/telemetry';
import { type AdmissionGate, type Door, type InFlightGate, rateHeaderLines } from '@prior/traffic';
import type { FastifyInstance } from 'fastify';
import { isPlain, variantName } from './plain';
import type { Replay } from './replay';
import { Routes } from './routes';
import type { Sending } from './sending';
import { type Asked, type LetIn, ShortWay } from './short-way';
import { Templates } from './templates';
import { maySendWhole, WholeAnswers } from './whole-answer';

/** Requests that wait for Redis. More of them get no look: the gates of the long way know what to do with a crowd. */
const MAX_LOOKING = 2_000;
/** Of requests that were refused before they had a route. */
const TURNED_AWAY = metrics.http.duration.series('GET', 'none', '503');

/**
 * The hot path: nearly all requests begin and end here, before Fastify's router. It answers nothing of its own making.
 * The first hit and the first miss of a route go the long way, through every hook; the heads that they were sent with
 * are kept and sent again with the next ones, and with what is the entry's own ({@link Templates}). What has to be loaded
 * is loaded here, too ({@link ShortWay}).
 *
 * Gate 1 does not count hits: an answer that is at hand must be served also while the process has too much to
 * do. All are over by the end of the event loop's turn, but for those that wait for a word of Redis or for the answer to
 * another request; of either there are 2,000 at most.
 */
export class HotPath {
  private keepAliveTimeoutMs = 0;
  /** Those that were not turned away: nobody is to ask a second time. */
  private readonly letIn = new Notes<true>();
  private waiting = 0;
  private readonly answers = new WholeAnswers();
  private readonly replays = new WeakMap<AtHand['held'], Known[]>();

  private readonly routes = new Routes();
  private readonly templates: Templates;
  private readonly shortWay: ShortWay;

  /** @param origins whose scripts may read answers */
  constructor(
    private readonly early: EarlyAnswers,
    loads: EarlyLoads,
    private readonly door: Door,
    origins: ReadonlySet<string>,
    private readonly gates: {
      readonly inFlight: Pick<InFlightGate, 'enter' | 'refuse'>;
      readonly admission: Pick<AdmissionGate, 'turnAway'>;
    },
  ) {
    this.templates = new Templates(origins);
    this.shortWay = new ShortWay(loads, door, gates.inFlight, this.routes, this.templates);
  }

  /** Puts itself before whatever listens to the server's requests once it listens, and looks at what hooks add. */
  goBefore(fastify: FastifyInstance): void {
    this.routes.follow(fastify);
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const written = this.early.writtenTo(request.raw);
      if (written) this.templates.record(request, reply, written);
      done(null, payload);
    });
    const server = fastify.server as Server;
    // A request that cannot be read ends its connection: what was asked there before it comes first.
    server.prependListener('clientError', () => this.answers.flush());
    server.once('listening', () => {
      const others = server.listeners('request') as ((q: IncomingMessage, r: ServerResponse) => void)[];
      server.removeAllListeners('request');
      this.keepAliveTimeoutMs = server.keepAliveTimeout;
      server.on('request', (request, response) => {
        if (this.answer(request, response)) return;
        if (this.turnedAway(request, response)) return;
        const goOn = () => {
          this.answers.flush(); // the long way is long
          for (const listener of others) listener(request, response);
        };
        const began = performance.now();
        const later = this.later(request, response, began, () => server.listening);
        if (!later) return goOn();
        const then = (answered: boolean) => {
          if (answered) return;
          markArrival(request, began);
          goOn();
        };
        // (What fails here is not the client's fault, nor the process's end: the long way says what is wrong.)
        void later.then(then, () => then(false));
      });
    });
  }

  /**
   * @param found what is at hand, where somebody has looked already
   * @param began monotonic ms
   * @param letIn what the rate limit said, where it was asked already
   * @returns false when the request has to go the long way; nothing was sent then, and nothing counted twice
   */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    found?: AtHand,
    began = performance.now(),
    letIn?: LetIn,
  ): boolean {
    if (!isForUs(request) || !maySendWhole(response)) return false;
    found ??= this.early.atHand(request);
    const replay = found && this.replayOf(found, request.headers);
    if (!replay) return false;
    letIn ??= this.door.enterAtOnce(request, replay.limit);
    if (!letIn) return false;
    const { tier } = found!;
    this.send(request, response, replay, letIn, requestId(request), (sending) => {
      this.early.countHit(tier);
      sending.series.observe((performance.now() - began) / 1_000);
    });
    return true;
  }

  private send(
    { headers }: IncomingMessage,
    response: ServerResponse,
    replay: Replay,
    letIn: LetIn,
    id: string,
    sent: (sending: Sending) => void,
  ): void {
    const sending = noneMatch(headers['if-none-match'], replay.etag) ? replay.notModified : replay.whole;
    let head = sending.head(Date.now(), this.keepAliveTimeoutMs);
    if (letIn !== 'exempt') head += rateHeaderLines(letIn);
    head += `x-request-id: ${id}\r\n\r\n`;
    this.answers.send(response, sending.status, head, sending.body, () => sent(sending));
  }

  /**
   * For what is not at hand: finds out what is asked, waits for whoever asks the same, looks into Redis, loads.
   *
   * @returns undefined when the request has to go the long way at once, else whether it is answered, or nobody is there
   *   any more. Never rejects
   */
  private later(
    request: IncomingMessage,
    response: ServerResponse,
    began: number,
    isOpen: () => boolean,
  ): Promise<boolean> | undefined {
    if (this.waiting - this.early.waiting >= MAX_LOOKING || !isForUs(request) || !maySendWhole(response))
      return undefined;
    // Not for whoever is known to be over the limit: a look costs Redis something.
    if (this.door.denied(request)) return undefined;
    let asked: Asked | undefined;
    let entering: Promise<LetIn | 'denied'> | undefined;
    if (!this.early.knows(request)) {
      asked = this.shortWay.understand(request);
      if (!asked) return undefined;
      // It may be another spelling of what is at hand. If not, the database will hardly be spared: the limit, and
      // whether there is an entry or a lease, are asked for in one packet.
      if (this.answer(request, response, undefined, began)) return ANSWERED;
      // The route may have a limit of its own.
      if (asked.limit && this.door.denied(request, asked.limit)) return undefined;
      entering = this.enter(request, response, asked);
      if (!entering) return ANSWERED;
      entering.catch(() => undefined); // heard of behind the look
    }
    const soon = this.early.soonAtHand(request, response, asked !== undefined);
    if (soon) {
      const answered = this.whenLooked(soon, { request, response, began, isOpen, asked, entering });
      const done = () => this.early.dropLease(request);
      answered.then(done, done);
      return answered;
    }
    // The long way goes on from what the limit says, or would count again.
    return entering?.then(() => isGone(request, response));
  }

  private enter(
    request: IncomingMessage,
    response: ServerResponse,
    asked: Asked,
  ): ReturnType<ShortWay['enter']> {
    this.letIn.set(request, true);
    const entering = this.shortWay.enter(request, response, asked);
    if (!entering) TURNED_AWAY.observe(0);
    return entering;
  }

  private async whenLooked(
    soon: Promise<AtHand | undefined>,
    { request, response, began, isOpen, entering, ...about }: Looking,
  ): Promise<boolean> {
    this.waiting += 1;
    const found = await soon.catch(() => undefined); // the long way says what is wrong
    this.waiting -= 1;
    let letIn = await entering;
    // Nobody is there any more, and nobody would see that it is over.
    if (isGone(request, response)) return true;
    // While the process stops, the long way tells clients that their connections end.
    if (letIn === 'denied' || !isOpen()) return false;
    // (The limit may have been said much later than the entry.)
    if (found && found.held.freshUntil > performance.now())
      return this.answer(request, response, found, began, letIn);
    const asked = about.asked ?? this.shortWay.understand(request);
    if (!asked || !maySendWhole(response)) return false;
    if (!letIn) {
      const late = this.enter(request, response, asked);
      if (!late) return true;
      letIn = await late;
      if (letIn === 'denied') return false;
    }
    const id = requestId(request);
    const replay = await this.shortWay.load(request, response, id, asked);
    if (isGone(request, response)) return true;
    if (!replay || !isOpen() || !maySendWhole(response)) return false;
    this.send(request, response, replay, letIn, id, ({ series }) => {
      const trace = traceOf(request.headers);
      series.observeAs((performance.now() - began) / 1_000, trace ? 'trace_id' : 'request_id', trace ?? id);
    });
    return true;
  }

  /** The entry's, if this is not the first time. */
  private replayOf({ key, held, variant, tier }: AtHand, headers: IncomingHttpHeaders): Replay | undefined {
    const name = variantName(variant.encoding, headers.origin);
    let all = this.replays.get(held);
    const place = all?.findIndex((one) => one.name === name) ?? -1;
    // An entry that has just come from Redis says so; later it is one of this process.
    if (place >= 0 && all![place]!.replay.tier === tier) return all![place]!.replay;
    const replay = this.templates.fill(key, { held, outcome: 'HIT', detail: tier }, variant, headers);
    if (!replay) return undefined;
    const made = { name, replay };
    if (!all) this.replays.set(held, (all = [made]));
    else all[place < 0 ? all.length : place] = made;
    return replay;
  }

  /**
   * Refuses what would hardly get to the database, before it has cost anything: at many times the capacity it is the
   * refusals that use up the processor, and with it the time of those that were let in.
   */
  private turnedAway(request: IncomingMessage, response: ServerResponse): boolean {
    const { headers, url = '' } = request;
    if (!isForUs(request) || !url.startsWith('/api/') || this.early.remembers(request)) return false;
    this.letIn.set(request, true);
    // A denial that runs is answered as one, by the long way, and takes nobody's turn.
    if (this.door.denied(request)) return false;
    if (!this.gates.admission.turnAway(workClassOfUrl(url, headers['user-agent']))) return false;
    this.gates.inFlight.refuse(request, response);
    TURNED_AWAY.observe(0);
    return true;
  }

  /** Whether a request has been here and was not turned away. */
  hasLetIn(request: IncomingMessage): boolean {
    return this.letIn.get(request) === true;
  }
}

const ANSWERED = Promise.resolve(true);

/** A request that waits for a look. */
interface Looking {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Monotonic ms. */
  readonly began: number;
  /** Whether the process takes new requests. */
  readonly isOpen: () => boolean;
  /** Of a question that was not known before. */
  readonly asked: Asked | undefined;
  readonly entering: Promise<LetIn | 'denied'> | undefined;
}

/** What is kept of an entry, by what a head depends on: one or two, so that a map would be larger than all of them. */
interface Known {
  readonly name: string;
  readonly replay: Replay;
}

const isGone = (request: IncomingMessage, response: ServerResponse): boolean =>
  response.destroyed || request.socket.destroyed;

/** A request whose trace is recorded gets its spans, its route's name and its exemplar on the long way. */
const isForUs = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && isPlain(headers) && !currentSpan();
