import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly status: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly resource: Readonly<Record<string, string | number>>;
}

/** An OTLP receiver over HTTP with JSON, on loopback. It answers 400 to what is no export of traces. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  readonly exports: () => number;
  /** Resolves when so many spans are there. */
  wait(count: number): Promise<void>;
}

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number };
type Attributes = { key: string; value: Value }[];

export async function startReceiver(answer: (response: ServerResponse) => void = accept): Promise<Receiver> {
  const spans: ReceivedSpan[] = [];
  let exports = 0;
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      exports++;
      const isExport =
        request.method === 'POST' &&
        request.url === '/v1/traces' &&
        request.headers['content-type'] === 'application/json';
      if (!isExport) {
        response.writeHead(400).end();
        return;
      }
      spans.push(...spansOf(JSON.parse(body)));
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    exports: () => exports,
    wait: async (count) => {
      const end = performance.now() + 20_000;
      while (spans.length < count && performance.now() < end)
        await new Promise((next) => setTimeout(next, 10));
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function accept(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly Record<string, unknown>[] }[];
  }[];
}

function spansOf({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        name: span['name'] as string,
        kind: span['kind'] as number,
        traceId: span['traceId'] as string,
        spanId: span['spanId'] as string,
        ...(span['parentSpanId'] === undefined ? {} : { parentSpanId: span['parentSpanId'] as string }),
        ...(span['traceState'] === undefined ? {} : { traceState: span['traceState'] as string }),
        start: BigInt(span['startTimeUnixNano'] as string),
        end: BigInt(span['endTimeUnixNano'] as string),
        status: (span['status'] as { code: number }).code,
        attributes: valuesOf(span['attributes'] as Attributes),
        resource: valuesOf(resource.attributes),
      })),
    ),
  );
}

function valuesOf(attributes: Attributes): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
}
