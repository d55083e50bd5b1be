import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Fleet, Observer } from '../../../src/serve/index.ts';
import { batchingEngine, fixedFleet, openServer } from '../../../src/serve/index.ts';
import { catalogue } from '../../../src/serve/metrics/catalogue.ts';
import {
  addRemains,
  gatherMetrics,
  openMetrics,
  remains,
  restartsMetric,
} from '../../../src/serve/metrics/index.ts';
import { open, sumModel } from '../v2/protocol-models.ts';
import type { Family } from './exposition.ts';
import { parseExposition } from './exposition.ts';

interface Rig extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly url: string;
  post(path: string, body: unknown): Promise<number>;
  scrape(): Promise<ReadonlyMap<string, Family>>;
}

async function startServer(observers: readonly Observer[] = []): Promise<Rig> {
  const servable = await open(await sumModel('sum', { width: 2 }));
  const engine = batchingEngine(servable, { clock: () => performance.now() });
  const fleet = fixedFleet([engine]);
  const listener = await openServer({ fleet, host: '127.0.0.1', port: 0, observers });
  return {
    fleet,
    url: listener.url,
    post: async (path, body) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${listener.url}${path}`, { method: 'POST', body: text, headers });
      await answer.arrayBuffer();
      return answer.status;
    },
    scrape: async () => {
      const answer = await fetch(`${listener.url}/metrics`);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      return parseExposition(await answer.text());
    },
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

function sampleOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
  return family?.samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )?.value;
}

const good = { c0: 1, c1: 2 };

describe('/metrics', () => {
  it('counts answers, rows, errors and batches by model, version, role and protocol (M3)', async () => {
    await using server = await startServer();
    expect(await server.post('/predict/sum', good)).toBe(200);
    expect(await server.post('/predict/sum', [good, good, good])).toBe(200);
    expect(await server.post('/predict/sum', { c0: 'one', c1: 2 })).toBe(422);
    const families = await server.scrape();
    const of = { model: 'sum', version: 'v1.0.0', role: 'served', protocol: 'simple' };
    expect(sampleOf(families, 'trainyard_requests_total', { ...of, status: '200' })).toBe(2);
    expect(sampleOf(families, 'trainyard_requests_total', { ...of, status: '422' })).toBe(1);
    expect(sampleOf(families, 'trainyard_rows_total', { model: 'sum', role: 'served' })).toBe(4);
    expect(sampleOf(families, 'trainyard_errors_total', { model: 'sum', code: 'serve-row-invalid' })).toBe(1);
    expect(sampleOf(families, 'trainyard_request_duration_seconds_count', of)).toBe(3);
    expect(sampleOf(families, 'trainyard_request_duration_seconds_bucket', { ...of, le: '+Inf' })).toBe(3);
    expect(sampleOf(families, 'trainyard_batch_rows_sum', { model: 'sum' })).toBe(4);
    expect(sampleOf(families, 'trainyard_queue_rows', { model: 'sum' })).toBe(0);
    expect(sampleOf(families, 'trainyard_model_ready', { model: 'sum' })).toBe(1);
    expect(sampleOf(families, 'trainyard_workers')).toBe(1);
    const [info] = families.get('trainyard_model_info')!.samples;
    expect(info!.labels).toMatchObject({ model: 'sum', served: 'true', run: '20261121-000000-00000001' });
    expect(info!.labels['digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('makes no series of what requests bring, however many there are (S11)', async () => {
    await using server = await startServer();
    await server.post('/predict/sum', good);
    const lines = async (): Promise<string> =>
      (await (await fetch(`${server.url}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('trainyard_'))
        .map((line) => line.slice(0, line.lastIndexOf(' ')))
        .join('\n');
    await server.post('/predict/other', good);
    await server.post('/nowhere', good);
    await server.post('/predict/sum/versions/none', good);
    await server.post('/predict/sum', '{');
    await lines();
    const before = await lines();
    for (let i = 0; i < 20; i++) {
      await server.post(`/predict/model-${i}`, good);
      await server.post(`/nowhere/${i}`, good);
      await server.post(`/predict/sum/versions/v${i}`, good);
      await server.post('/predict/sum', `{${i}`);
    }
    expect(await lines()).toBe(before);
  });

  it('counts what failed before a version was chosen, by route and code', async () => {
    await using server = await startServer();
    expect(await server.post('/predict/other', good)).toBe(404);
    expect(await server.post('/predict/sum', 'no json')).toBe(400);
    const families = await server.scrape();
    const route = '/predict/:model';
    expect(sampleOf(families, 'trainyard_http_errors_total', { route, code: 'serve-model-unknown' })).toBe(1);
    expect(sampleOf(families, 'trainyard_http_errors_total', { route, code: 'serve-body-not-json' })).toBe(1);
    expect(sampleOf(families, 'trainyard_http_responses_total', { route, status: '400' })).toBe(1);
  });

  it('tells what the prediction log kept and lost', async () => {
    const kept = { written: 7, dropped: 2, waiting: 3 };
    await using server = await startServer([{ answered: () => undefined, kept: () => kept }]);
    const families = await server.scrape();
    expect(sampleOf(families, 'trainyard_log_events_total')).toBe(7);
    expect(sampleOf(families, 'trainyard_log_dropped_total')).toBe(2);
    expect(sampleOf(families, 'trainyard_log_waiting')).toBe(3);
  });

  it('has buckets that never fall, and the metrics of the process', async () => {
    await using server = await startServer();
    for (let i = 0; i < 5; i++) await server.post('/predict/sum', good);
    const families = await server.scrape();
    for (const { type, name, samples } of families.values()) {
      if (type !== 'histogram' || samples.length === 0 || name.startsWith('nodejs')) continue;
      const buckets = samples.filter((sample) => sample.name === `${name}_bucket`).map(({ value }) => value);
      expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
      expect(sampleOf(families, `${name}_count`)).toBe(buckets.at(-1));
    }
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect(sampleOf(families, name)).toBeGreaterThanOrEqual(0);
    }
  });

  it('is described by the page as it is (M3)', async () => {
    await using server = await startServer();
    const families = await server.scrape();
    const page = readFileSync(fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url)), 'utf8');
    const rows = [...page.matchAll(/^\| `(trainyard_\w+)` \| (\w+) \| (.*?) ?\| (.*) \|$/gm)].map(
      ([, name, type, labels, help]) => ({
        name,
        type,
        labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label),
        help,
      }),
    );
    expect(rows).toEqual(
      Object.entries(catalogue)
        .map(([name, rest]) => ({ name, ...rest }))
        .map(({ name, type, labels, help }) => ({ name, type, labels, help })),
    );
    for (const { name, type, help } of rows) expect(families.get(name!)).toMatchObject({ type, help });
    const shown = new Set([...families.keys()]);
    for (const [, name] of page.matchAll(/\b((?:process|nodejs)_[a-z0-9_]+)/g)) expect(shown).toContain(name);
  });
});

describe('metrics of several processes', () => {
  it('are added up, with what is left of those that died', async () => {
    const servable = await open(await sumModel('sum', { width: 2 }));
    await using engine = batchingEngine(servable, { clock: () => performance.now() });
    const fleet = fixedFleet([engine]);
    const [one, other] = await Promise.all([0, 1].map(() => openMetrics({ fleet, observers: [] })));
    const reply = { route: '/predict/:model', status: 200 };
    for (let i = 0; i < 3; i++) one!.observer.replied?.(reply);
    for (let i = 0; i < 4; i++) other!.observer.replied?.(reply);
    const dead = addRemains(remains(await other!.own()), remains(await other!.own()));
    const text = await gatherMetrics([await one!.own(), await other!.own(), dead, restartsMetric(2)]);
    const families = parseExposition(text);
    expect(sampleOf(families, 'trainyard_http_responses_total', { status: '200' })).toBe(3 + 4 + 8);
    expect(sampleOf(families, 'trainyard_workers')).toBe(2);
    expect(sampleOf(families, 'trainyard_model_ready', { model: 'sum' })).toBe(1);
    expect(sampleOf(families, 'trainyard_worker_restarts_total')).toBe(2);
  });
});
