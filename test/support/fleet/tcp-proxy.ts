import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Which way bytes flow: `up` from the process to the server, `down` back. */
export type Direction = 'up' | 'down';

export interface Trap {
  /** Resolves when something was caught; from then on that connection stands still. */
  readonly caught: Promise<void>;
  /** Lets go of what was caught, and catches no more. */
  release(): void;
}

interface SetTrap {
  readonly matches: (text: string) => boolean;
  readonly holds: 'request' | 'reply';
  readonly onCaught: () => void;
  /** Only the first match, or every one. */
  readonly once: boolean;
  readonly held: Set<Wire>;
  sprung: boolean;
}

/** One connection through the proxy; each direction can stand still while its bytes are kept. */
class Wire {
  /** Replies arrive so much later, ms. */
  lateMs = 0;
  private readonly kept: Record<Direction, Buffer[]> = { up: [], down: [] };
  private readonly still: Record<Direction, boolean> = { up: false, down: false };
  private ended = false;
  /** A trap that waits for the reply to a request that it has seen. */
  awaits: SetTrap | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly onChunk: (wire: Wire, direction: Direction, chunk: Buffer) => void,
    private readonly onEnd: (wire: Wire) => void,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.end());
      socket.on('close', () => this.end());
    }
    client.on('data', (chunk: Buffer) => this.pass('up', chunk));
    server.on('data', (chunk: Buffer) => this.pass('down', chunk));
  }

  hold(...directions: Direction[]): void {
    for (const direction of directions) this.still[direction] = true;
  }

  release(...directions: Direction[]): void {
    for (const direction of directions) {
      this.still[direction] = false;
      for (const chunk of this.kept[direction].splice(0)) this.write(direction, chunk);
    }
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.client.destroy();
    this.server.destroy();
    this.onEnd(this);
  }

  private pass(direction: Direction, chunk: Buffer): void {
    this.onChunk(this, direction, chunk);
    // Timers of the same length go off in their order.
    if (direction === 'down' && this.lateMs > 0) setTimeout(() => this.arrive(direction, chunk), this.lateMs);
    else this.arrive(direction, chunk);
  }

  private arrive(direction: Direction, chunk: Buffer): void {
    if (this.still[direction]) this.kept[direction].push(chunk);
    else this.write(direction, chunk);
  }

  private write(direction: Direction, chunk: Buffer): void {
    const to = direction === 'up' ? this.server : this.client;
    if (!to.destroyed) to.write(chunk);
  }
}

/**
 * For {@link TcpProxy.trap}: a statement that begins so. Before its text stand five bytes, on MySQL, with query
 * attributes, seven.
 *
 * @param beginning source of a regular expression
 */
export const statement = (beginning: string): RegExp => new RegExp(`^.{5,7}${beginning}`, 's');

/** The way from one process to one server, so that it can be cut or slowed for that process alone. */
export class TcpProxy {
  private readonly wires = new Set<Wire>();
  private readonly traps = new Set<SetTrap>();
  private isCut = false;
  private isHeld = false;
  private lateMs = 0;

  private constructor(
    private readonly listener: Server,
    private readonly target: { host: string; port: number },
  ) {}

  static async to(target: { host: string; port: number }): Promise<TcpProxy> {
    const listener = createServer();
    const proxy = new TcpProxy(listener, target);
    listener.on('connection', (client) => proxy.accept(client));
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Ends every connection and every new one, as a network without a route does. */
  cut(): void {
    this.isCut = true;
    for (const wire of this.wires) wire.end();
  }

  /** Nothing arrives in either direction, nobody is told: what was sent meanwhile arrives at `mend`. */
  hold(): void {
    this.isHeld = true;
    for (const wire of this.wires) wire.hold('up', 'down');
  }

  /** Every reply arrives so much later, ms; 0 ends that. */
  delay(ms: number): void {
    this.lateMs = ms;
    for (const wire of this.wires) wire.lateMs = ms;
  }

  mend(): void {
    this.isCut = false;
    this.isHeld = false;
    for (const wire of this.wires) wire.release('up', 'down');
  }

  /**
   * Stops a connection at a certain request: before the server sees it, or before the process sees the reply to it.
   *
   * @param once only the first such request; otherwise all of them until `release`
   */
  trap(matches: RegExp, holds: 'request' | 'reply', once = true): Trap {
    let onCaught: () => void = () => undefined;
    const caught = new Promise<void>((resolve) => (onCaught = resolve));
    const found = (text: string) => matches.test(text);
    const set: SetTrap = { matches: found, holds, onCaught, once, held: new Set(), sprung: false };
    this.traps.add(set);
    return {
      caught,
      release: () => {
        this.traps.delete(set);
        for (const wire of set.held) wire.release('up', 'down');
        for (const wire of this.wires) if (wire.awaits === set) wire.awaits = undefined;
      },
    };
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  private accept(client: Socket): void {
    if (this.isCut) {
      client.on('error', () => undefined);
      client.destroy();
      return;
    }
    const wire = new Wire(
      client,
      connect(this.target),
      (one, direction, chunk) => this.watch(one, direction, chunk),
      (one) => this.wires.delete(one),
    );
    if (this.isHeld) wire.hold('up', 'down');
    wire.lateMs = this.lateMs;
    this.wires.add(wire);
  }

  private watch(wire: Wire, direction: Direction, chunk: Buffer): void {
    if (direction === 'down') {
      if (wire.awaits) this.spring(wire, wire.awaits);
      wire.awaits = undefined;
      return;
    }
    if (this.traps.size === 0) return;
    const text = chunk.toString('latin1');
    for (const trap of this.traps) {
      if ((trap.once && trap.sprung) || !trap.matches(text)) continue;
      if (trap.holds === 'request') this.spring(wire, trap);
      else {
        trap.sprung = true;
        wire.awaits = trap;
      }
    }
  }

  private spring(wire: Wire, trap: SetTrap): void {
    trap.sprung = true;
    trap.held.add(wire);
    wire.hold(trap.holds === 'request' ? 'up' : 'down');
    trap.onCaught();
  }
}
