import type { Servable } from '../../../src/servable/index.ts';
import type { Engine, Observer, RepositoryControl } from '../../../src/serve/index.ts';
import { batchingEngine, fixedFleet, openServer } from '../../../src/serve/index.ts';
import type { ModelFiles } from './protocol-models.ts';
import { open } from './protocol-models.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Of the JSON in the body. */
  readonly json: Record<string, unknown>;
}

export interface ProtocolServer extends AsyncDisposable {
  readonly url: string;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface ProtocolServerOptions {
  readonly models: readonly ModelFiles[];
  readonly limits?: { readonly maxRows?: number; readonly maxBytes?: number };
  readonly observers?: readonly Observer[];
  readonly repository?: RepositoryControl;
  /** Name of a model that takes a moment for every request, and lets one wait. */
  readonly busy?: string;
}

/** A server of some models on a socket. */
export async function startProtocol(options: ProtocolServerOptions): Promise<ProtocolServer> {
  const engines: Engine[] = [];
  const { busy } = options;
  for (const files of options.models) engines.push(engineOf(await open(files), busy));
  const { models: _, busy: __, ...rest } = options;
  const listener = await openServer({ fleet: fixedFleet(engines), host: '127.0.0.1', port: 0, ...rest });
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${listener.url}${path}`, init);
    const bytes = Buffer.from(await response.arrayBuffer());
    const length = response.headers.get('inference-header-content-length');
    const json = bytes.subarray(0, length === null ? bytes.length : Number(length)).toString('utf8');
    return { status: response.status, headers: response.headers, bytes, json: JSON.parse(json) };
  };
  return {
    url: listener.url,
    get: (path) => ask(path, {}),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: Buffer.isBuffer(body)
          ? new Uint8Array(body)
          : typeof body === 'string'
            ? body
            : JSON.stringify(body),
        headers,
      }),
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      for (const engine of engines) await engine[Symbol.asyncDispose]();
    },
  };
}

function engineOf(servable: Servable, busy: string | undefined): Engine {
  const clock = (): number => performance.now();
  if (servable.manifest.model !== busy) return batchingEngine(servable, { clock });
  const slow: Servable = {
    ...servable,
    predict: async (blocks) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return await servable.predict(blocks);
    },
  };
  return batchingEngine(slow, { clock, queueRows: 1, batchRows: 1 });
}

/** The body of a request with binary data after its JSON, and the header that says where it begins. */
export function binaryBody(json: unknown, ...data: readonly Buffer[]): [Buffer, Record<string, string>] {
  const header = Buffer.from(JSON.stringify(json));
  return [Buffer.concat([header, ...data]), { 'inference-header-content-length': String(header.length) }];
}

/** Texts as `BYTES`. */
export function bytesOf(...texts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** A tensor of an inference request, one value a row. */
export function tensor(name: string, datatype: string, ...data: readonly unknown[]): object {
  return { name, datatype, shape: [data.length, 1], data };
}
