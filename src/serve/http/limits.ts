/** What a listener takes of connections and requests before anybody reads their rows. */
export interface HttpLimits {
  /** Of all headers of a request together, in bytes. */
  readonly headerBytes: number;
  readonly headers: number;
  /** Milliseconds for the headers of a request to arrive. */
  readonly headersMs: number;
  /** Milliseconds for a whole request to arrive. */
  readonly bodyMs: number;
  /** Of all bodies that are being received, together; never less than one may have. */
  readonly bodyBytesAtOnce: number;
  /** Milliseconds that a connection may wait for its next request; longer than balancers wait. */
  readonly idleMs: number;
  /** Milliseconds without a byte in either direction after which a connection is given up. */
  readonly silentMs: number;
  readonly connections: number;
  /** Requests that are being answered; more are told to come again. */
  readonly requests: number;
  /** Milliseconds of work that may lie before a request for a prediction; with more, it is told to come again. */
  readonly waitMs: number;
  /** Milliseconds that the server still takes requests when it should end, and says that it is not ready. */
  readonly drainGraceMs: number;
  /** Milliseconds after which connections are broken off when the server ends. */
  readonly drainMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  headerBytes: 16_384,
  headers: 100,
  headersMs: 10_000,
  bodyMs: 30_000,
  bodyBytesAtOnce: 128 * 2 ** 20,
  idleMs: 75_000,
  silentMs: 120_000,
  connections: 10_000,
  requests: 4096,
  waitMs: 500,
  drainGraceMs: 0,
  drainMs: 25_000,
};
