import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../../src/servable/index.ts';
import { tracesEndpoint } from '../../../src/serve/traces/endpoint.ts';
import { openTraces } from '../../../src/serve/traces/open-traces.ts';
import type { ModelFiles } from '../v2/protocol-models.ts';
import { sumModel } from '../v2/protocol-models.ts';
import type { ProtocolServer } from '../v2/protocol-server.ts';
import { startProtocol } from '../v2/protocol-server.ts';
import type { Receiver } from './receiver.ts';
import { startReceiver } from './receiver.ts';

const body = { inputs: [{ name: 'x', datatype: 'FP64', shape: [2, 2], data: [1, 2, 3, 4] }] };

let model: ModelFiles;

beforeAll(async () => {
  model = await sumModel('sum', { width: 2 });
});

interface Traced extends AsyncDisposable {
  readonly server: ProtocolServer;
}

async function traced(endpoint: string, delay = 10): Promise<Traced> {
  const traces = await openTraces({
    endpoint,
    serverVersion: '1.2.3',
    now: () => Date.now(),
    delay,
    patience: 500,
  });
  const server = await startProtocol({ models: [model], observers: [traces.observer] });
  return {
    server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await traces[Symbol.asyncDispose]();
    },
  };
}

describe('M3: traces', () => {
  let receiver: Receiver;
  let run: Traced;

  beforeAll(async () => {
    receiver = await startReceiver();
    run = await traced(`${receiver.url}/v1/traces`);
  });

  afterAll(async () => {
    await run[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  it('have a span for each request, with what it was and who answered', async () => {
    const before = BigInt(Date.now() - 1) * 1_000_000n;
    const known = receiver.spans.length;
    const answer = await run.server.post('/v2/models/sum/infer', body);
    await receiver.wait(known + 1);
    const span = receiver.spans.at(-1)!;
    expect(span).toMatchObject({ name: 'POST /v2/models/{model}/infer', kind: 2, status: 0 });
    expect(span.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/v2/models/{model}/infer',
      'url.path': '/v2/models/sum/infer',
      'url.scheme': 'http',
      'trainyard.request': answer.headers.get('x-request-id'),
      'trainyard.model': 'sum',
      'trainyard.version': 'v1.0.0',
      'trainyard.protocol': 'v2',
      'trainyard.role': 'served',
      'trainyard.rows': 2,
    });
    expect(span.resource).toMatchObject({ 'service.name': 'trainyard', 'service.version': '1.2.3' });
    expect(span.parentSpanId).toBeUndefined();
    expect(span.start >= before && span.end >= span.start).toBe(true);
    expect(span.end <= BigInt(Date.now() + 1) * 1_000_000n).toBe(true);
  });

  it('belong to the trace that a request brings', async () => {
    const known = receiver.spans.length;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await run.server.post('/v2/models/sum/infer', body, { traceparent, tracestate: 'shop=1' });
    await receiver.wait(known + 1);
    expect(receiver.spans.at(-1)).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
      traceState: 'shop=1',
    });
  });

  it('are not made for a trace that is not sampled', async () => {
    const known = receiver.spans.length;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-00';
    await run.server.post('/v2/models/sum/infer', body, { traceparent });
    await run.server.post('/v2/models/sum/infer', body);
    await receiver.wait(known + 1);
    expect(receiver.spans).toHaveLength(known + 1);
    expect(receiver.spans.at(-1)!.traceId).not.toBe('0af7651916cd43dd8448eb211c80319d');
  });

  it.each([
    'nonsense',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more',
    '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01',
  ])('are their own where traceparent is %s', async (traceparent) => {
    const known = receiver.spans.length;
    await run.server.post('/v2/models/sum/infer', body, { traceparent });
    await receiver.wait(known + 1);
    expect(receiver.spans.at(-1)!.parentSpanId).toBeUndefined();
  });

  it('tell of refusals by their code, and call only failures of the server errors', async () => {
    const known = receiver.spans.length;
    await run.server.post('/v2/models/sum/infer', { inputs: 1 });
    await run.server.get('/nowhere');
    await receiver.wait(known + 2);
    const [refused, lost] = receiver.spans.slice(known);
    expect(refused).toMatchObject({ status: 0, attributes: { 'http.response.status_code': 400 } });
    expect(refused!.attributes['trainyard.failure']).toBe('serve-request-shape');
    expect(lost).toMatchObject({ name: 'GET', attributes: { 'http.response.status_code': 404 } });
    expect(lost!.attributes).not.toHaveProperty('http.route');
  });

  it('leave out questions for health and metrics', async () => {
    const known = receiver.spans.length;
    for (const path of ['/health/live', '/health/ready', '/v2/health/live', '/v2/health/ready']) {
      await run.server.get(path);
    }
    await fetch(`${run.server.url}/metrics`).then((response) => response.text());
    await run.server.get('/v2');
    await receiver.wait(known + 1);
    expect(receiver.spans.slice(known).map(({ name }) => name)).toEqual(['GET /v2']);
  });
});

describe('S11: answers do not depend on traces', () => {
  it('when nobody receives them', async () => {
    await using run = await traced('http://127.0.0.1:9/v1/traces');
    for (let i = 0; i < 20; i++)
      expect((await run.server.post('/v2/models/sum/infer', body)).status).toBe(200);
  });

  it('when the receiver never answers, and more comes than can wait', async () => {
    await using receiver = await startReceiver(() => undefined);
    await using run = await traced(`${receiver.url}/v1/traces`, 1);
    // 50 at a time: so many a server always takes.
    for (let sent = 0; sent < 200; sent += 50) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => run.server.post('/v2/models/sum/infer', body)),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    }
    expect(receiver.exports()).toBeLessThan(20);
  });

  it('and what waits is sent at the end', async () => {
    await using receiver = await startReceiver();
    const run = await traced(`${receiver.url}/v1/traces`, 60_000);
    await run.server.post('/v2/models/sum/infer', body);
    expect(receiver.spans).toHaveLength(0);
    await run[Symbol.asyncDispose]();
    expect(receiver.spans).toHaveLength(1);
  });
});

it('an answer that came too late for its reply leaves no rows behind', async () => {
  await using traces = await openTraces({
    endpoint: 'http://127.0.0.1:9/v1/traces',
    serverVersion: '1.2.3',
    now: () => Date.now(),
    patience: 100,
  });
  const answered = (): WeakRef<readonly Row[]> => {
    const rows = [{ c0: 1 }];
    traces.observer.answered({
      requestId: 'late',
      model: 'sum',
      role: 'served',
      protocol: 'simple',
      rows,
      firstRow: 0,
      time: 0,
      latency: 1,
    });
    return new WeakRef(rows);
  };
  const rows = answered();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(rows.deref()).toBeUndefined();
});

describe('tracesEndpoint', () => {
  it.each([
    [{}, undefined, undefined],
    [{}, 'http://a:4318', 'http://a:4318/v1/traces'],
    [{}, 'http://a:4318/', 'http://a:4318/v1/traces'],
    [{}, 'http://a/v1/traces', 'http://a/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a/otlp' }, undefined, 'https://a/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }, 'http://b', 'http://b/v1/traces'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b/x' },
      undefined,
      'http://b/x',
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_TRACES_EXPORTER: 'none' }, undefined, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_SDK_DISABLED: 'true' }, undefined, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'a' }, undefined, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined, undefined],
  ])('of %o and %s is %s', (env, option, endpoint) => {
    expect(tracesEndpoint(env, option)).toBe(endpoint);
  });
});
