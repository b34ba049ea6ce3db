import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AtHand, EarlyAnswers } from '@prior/cache';
import { markArrival, noneMatch, requestId, workClassOfUrl } from '@prior/http';
import { currentSpan, metrics } from '@prior/telemetry';
import {
  type AdmissionGate,
  type Door,
  type InFlightGate,
  rateHeaderLines,
  type RouteLimit,
} from '@prior/traffic';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { isPlain, variantName } from './plain';
import { type Replay, Template } from './replay';
import { maySendWhole, WholeAnswers } from './whole-answer';

/** Of heads that are kept: how many characters, with their questions. */
const MAX_TEMPLATES = 8_000_000;
/** Requests that wait for Redis. More of them get no look: the gates of the long way know what to do with a crowd. */
const MAX_LOOKING = 2_000;
/** Of requests that were refused before they had a route. */
const TURNED_AWAY = metrics.http.duration.series('GET', 'none', '503');

/**
 * The hot path: nearly all requests begin and end here, before Fastify's router. It answers nothing of its own making.
 * The first hit on a question goes the long way, through every hook; the head that it was sent with is kept and sent
 * again with the next hits, and with what is the entry's own. So what a hook adds to answers needs no line here.
 *
 * Gate 1 does not count these requests: an answer that is at hand must be served also while the process has too much to
 * do. All are over by the end of the event loop's turn, but for those that wait for a word of Redis or for the answer to
 * another request; of either there are 2,000 at most.
 */
export class HotPath {
  private keepAliveTimeoutMs = 0;
  /** Those that were not turned away: nobody is to ask a second time. */
  private readonly letIn = new WeakSet<IncomingMessage>();
  private waiting = 0;
  private readonly answers = new WholeAnswers();
  private readonly templates = new LRUCache<string, Template>({
    maxSize: MAX_TEMPLATES,
    sizeCalculation: ({ size }, name) => size + name.length,
  });
  private readonly replays = new WeakMap<AtHand['held'], Known[]>();

  /** @param origins whose scripts may read answers; the heads for others are not kept, they would be without number */
  constructor(
    private readonly early: EarlyAnswers,
    private readonly door: Door,
    private readonly origins: ReadonlySet<string>,
    private readonly gates: {
      readonly inFlight: Pick<InFlightGate, 'refuse'>;
      readonly admission: Pick<AdmissionGate, 'turnAway'>;
    },
  ) {}

  /** Puts itself before whatever listens to the server's requests once it listens, and looks at what hooks add. */
  goBefore(fastify: FastifyInstance): void {
    fastify.addHook('onSend', (request, reply, payload, done) => {
      this.record(request, reply);
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
        const soon = this.soonAtHand(request, response);
        if (!soon) return goOn();
        this.waiting += 1;
        void soon
          .catch(() => undefined) // the long way says what is wrong
          .then((found) => {
            this.waiting -= 1;
            // Nobody is there any more, and nobody would see that it is over.
            if (response.destroyed || request.socket.destroyed) return;
            markArrival(request, began);
            // While the process stops, the long way tells clients that their connections end.
            if (!found || !server.listening || !this.answer(request, response, found, began)) goOn();
          });
      });
    });
  }

  /**
   * @param found what is at hand, where somebody has looked already
   * @param began monotonic ms
   * @returns false when the request has to go the long way; nothing was sent then, and nothing counted twice
   */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    found?: AtHand,
    began = performance.now(),
  ): boolean {
    if (!isForUs(request) || !maySendWhole(response)) return false;
    const { headers } = request;

    found ??= this.early.atHand(request);
    const replay = found && this.replayOf(found, headers);
    if (!replay) return false;

    const rate = this.door.enterAtOnce(request, replay.limit);
    if (!rate) return false;

    const sending = noneMatch(headers['if-none-match'], replay.etag) ? replay.notModified : replay.whole;
    let head = sending.head(Date.now(), this.keepAliveTimeoutMs);
    if (rate !== 'exempt') head += rateHeaderLines(rate);
    head += `x-request-id: ${requestId(request)}\r\n\r\n`;
    this.answers.send(response, sending.status, head, sending.body, () => {
      this.early.countHit(found!.tier);
      sending.series.observe((performance.now() - began) / 1_000);
    });
    return true;
  }

  /** Not for whoever is known to be over the limit: a look costs Redis something. */
  private soonAtHand(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<AtHand | undefined> | undefined {
    if (this.waiting - this.early.waiting >= MAX_LOOKING || !isForUs(request) || !maySendWhole(response))
      return undefined;
    if (!this.early.knows(request) || this.door.denied(request)) return undefined;
    return this.early.soonAtHand(request, response);
  }

  /** The entry's, if this is not the first time; else what the question's last answer makes of it. */
  private replayOf(found: AtHand, { origin }: IncomingHttpHeaders): Replay | undefined {
    const name = variantName(found.variant.encoding, origin);
    let all = this.replays.get(found.held);
    const place = all?.findIndex((one) => one.name === name) ?? -1;
    // An entry that has just come from Redis says so; later it is one of this process.
    if (place >= 0 && all![place]!.replay.tier === found.tier) return all![place]!.replay;
    const replay = this.templates.get(templateName(found, name))?.fill(found);
    if (!replay) return undefined;
    const made = { name, replay };
    if (!all) this.replays.set(found.held, (all = [made]));
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
    this.letIn.add(request);
    // A denial that runs is answered as one, by the long way, and takes nobody's turn.
    if (this.door.denied(request)) return false;
    if (!this.gates.admission.turnAway(workClassOfUrl(url, headers['user-agent']))) return false;
    this.gates.inFlight.refuse(request, response);
    TURNED_AWAY.observe(0);
    return true;
  }

  /** Whether a request has been here and was not turned away. */
  hasLetIn(request: IncomingMessage): boolean {
    return this.letIn.has(request);
  }

  /** Keeps the head of a hit that is about to be sent in whole. */
  private record({ raw, headers, routeOptions }: FastifyRequest, reply: FastifyReply): void {
    const found = this.early.hitOf(raw);
    if (!found || reply.statusCode !== 200 || raw.method !== 'GET' || !this.early.knows(raw)) return;
    if (!isPlain(headers) || !this.mayRead(headers)) return;
    const name = templateName(found, variantName(found.variant.encoding, headers.origin));
    if (this.templates.has(name)) return;
    const template = Template.of(reply.getHeaders(), {
      seriesOf: (status) => metrics.http.duration.series('GET', routeOptions.url ?? 'none', status),
      limit: routeOptions.config.rateLimit as RouteLimit | undefined,
    });
    if (template) this.templates.set(name, template);
  }

  private mayRead({ origin }: IncomingHttpHeaders): boolean {
    return origin === undefined || this.origins.has(origin);
  }
}

/** What is kept of an entry, by what a head depends on: one or two, so that a map would be larger than all of them. */
interface Known {
  readonly name: string;
  readonly replay: Replay;
}

const templateName = ({ key }: AtHand, variant: string): string => `${key} ${variant}`;

/** A request whose trace is recorded gets its spans, its route's name and its exemplar on the long way. */
const isForUs = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && isPlain(headers) && !currentSpan();
