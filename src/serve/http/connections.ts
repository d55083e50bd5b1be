import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TcpServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Exchange } from './exchange.ts';

export interface Connection {
  /** Requests of it that are not answered. */
  readonly exchanges: Set<Exchange>;
  /** The last that began: its answer goes out last. */
  newest: Exchange | undefined;
  /** Since when none is, in milliseconds on the monotonic clock. */
  idleSince: number;
  /** What comes over it can no longer be understood. */
  isBroken: boolean;
}

/** Milliseconds after which nobody is about to send something on a quiet connection. */
const quiet = 500;
const glance = 50;

/** The connections of a server, with what is asked on each of them. */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  #exchanges = 0;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.set(socket, {
        exchanges: new Set(),
        newest: undefined,
        idleSince: performance.now(),
        isBroken: false,
      });
      socket.once('close', () => {
        for (const exchange of this.#open.get(socket)?.exchanges ?? []) {
          this.#exchanges--;
          exchange.breakOff();
        }
        this.#open.delete(socket);
      });
    });
  }

  /** Requests that are not answered. */
  get exchanges(): number {
    return this.#exchanges;
  }

  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
  }

  began(exchange: Exchange): void {
    const connection = this.#open.get(exchange.incoming.socket);
    if (connection === undefined) return;
    connection.exchanges.add(exchange);
    connection.newest = exchange;
    this.#exchanges++;
  }

  ended(exchange: Exchange): void {
    const connection = this.#open.get(exchange.incoming.socket);
    if (connection?.exchanges.delete(exchange) !== true) return;
    this.#exchanges--;
    connection.idleSince = performance.now();
    // Requests may be answered in another order than they go out: their answers are there by then.
    if (connection.isBroken && connection.exchanges.size === 0)
      setTimeout(() => exchange.incoming.socket.end(), glance);
  }

  /** Whether a connection that ends, ends with this answer: not while answers to later requests are due. */
  isLast(exchange: Exchange, isEnding: boolean): boolean {
    const connection = this.#open.get(exchange.incoming.socket);
    if (connection === undefined) return true;
    return (isEnding || connection.isBroken) && connection.newest === exchange;
  }

  *all(): Iterable<Exchange> {
    for (const { exchanges } of this.#open.values()) yield* exchanges;
  }

  /**
   * Takes no new connections and waits for those that are there: each ends with its next answer, or when it was quiet for
   * a while. node:http's own way closes idle connections at once, on requests that are just being sent.
   */
  async end(server: Server, milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    const closed = new Promise<void>((resolve) => {
      TcpServer.prototype.close.call(server, () => resolve());
    });
    // After what has come was read: a process that had to wait for the processor comes back with its timers first.
    const look = (): void => void setImmediate(() => this.#closeQuiet(until));
    const timer = setInterval(look, glance);
    look();
    await closed;
    clearInterval(timer);
    // Ends what node:http does besides.
    server.close();
  }

  #closeQuiet(until: number): void {
    const now = performance.now();
    for (const [socket, { exchanges, idleSince }] of this.#open) {
      if (now >= until) socket.destroy();
      else if (exchanges.size === 0 && now - idleSince >= quiet) socket.end();
    }
  }
}
