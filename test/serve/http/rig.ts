import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ColumnContract } from '../../../src/contract/index.ts';
import { openServable, writeServable } from '../../../src/servable/index.ts';
import type { LogEntry, ServerOptions } from '../../../src/serve/index.ts';
import { batchingEngine, fixedFleet, openServer } from '../../../src/serve/index.ts';
import { sumModel } from '../../servable/sum-model.ts';

const column = (
  name: string,
  type: ColumnContract['type'],
  more: Partial<ColumnContract> = {},
): ColumnContract => ({
  name,
  type,
  required: false,
  unique: false,
  primaryKey: false,
  personal: false,
  ...more,
});

/** A column of every kind; the model adds `a` and `b`. */
export const columns: readonly ColumnContract[] = [
  column('a', 'number', {
    required: true,
    minimum: 0,
    maximum: 100,
    description: 'A <b>number</b>',
    unit: 'mm',
  }),
  column('b', 'integer', { required: true, minimum: -5, maximum: 10 }),
  column('free', 'number'),
  column('kind', 'string', { enum: ['red', 'green'] }),
  column('note', 'string', { minLength: 2, maxLength: 5 }),
  column('code', 'string', { pattern: '^[A-Z]{2}$' }),
  column('day', 'date', { earliest: '2020-01-01' }),
  column('at', 'timestamp'),
  column('sure', 'boolean'),
  column('step', 'integer', { multipleOf: 5 }),
];

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly log: readonly LogEntry[];
  /** Posts a body as it is. */
  post(body: string | Uint8Array, more?: RequestInit & { readonly path?: string }): Promise<Answer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into
  readonly json: any;
}

/** A real server with the model `sum`, on a port that is free. */
export async function served(options: Partial<ServerOptions> = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-http-'));
  const { parts, bytes } = await sumModel({ columns });
  const lineage = { run: '20261121-100000-aaaaaaaa', commit: 'f'.repeat(40), target: 'total' };
  await writeServable(folder, { ...parts, lineage }, bytes);
  const servable = await openServable(folder);
  if (!servable.ok) throw new Error(servable.failure.message);
  const engine = batchingEngine(servable.value, { clock: () => performance.now() });
  const log: LogEntry[] = [];
  const listener = await openServer({
    fleet: fixedFleet([engine]),
    host: '127.0.0.1',
    port: 0,
    serverLog: (entry) => log.push(entry),
    ...options,
  });
  const { url } = listener;
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: response.status, headers: response.headers, text, json };
  };
  return {
    url,
    port: (listener.server.address() as AddressInfo).port,
    log,
    post: (body, { path = '/predict/sum', headers, ...more } = {}) =>
      ask(path, {
        method: 'POST',
        body: body as string,
        headers: { 'content-type': 'application/json', ...headers },
        ...more,
      }),
    get: (path, headers = {}) => ask(path, { headers }),
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const goodRow = { a: 1.5, b: 2 };

/** A bare connection: what is written and what comes back, byte by byte. */
export class Wire implements AsyncDisposable {
  readonly socket: Socket;
  readonly #ended: Promise<void>;
  #text = '';
  #changed: () => void = () => undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text: string) => {
      this.#text += text;
      this.#changed();
    });
    this.socket.on('error', () => undefined);
    this.#ended = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  get text(): string {
    return this.#text;
  }

  write(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  /** Resolves when what came back fits. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#changed = resolve;
        }),
        this.#ended.then(() => {
          if (!pattern.test(this.#text)) throw new Error(`it ended with: ${this.#text}`);
        }),
      ]);
    }
    return this.#text;
  }

  /** Resolves with everything when the other side has closed. */
  async end(): Promise<string> {
    await this.#ended;
    return this.#text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.#ended;
  }
}
