import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { success } from '../../src/base/index.ts';
import type { ColumnContract } from '../../src/contract/index.ts';
import { writeServable } from '../../src/servable/index.ts';
import type {
  AnswerEvent,
  Engine,
  Listener,
  PlannedFleet,
  PlannedModel,
  PlannedVersion,
} from '../../src/serve/index.ts';
import { batchingEngine, openServer, planFleet, versionOpener } from '../../src/serve/index.ts';
import { columnOf, sumModel } from '../servable/sum-model.ts';

let root: string;
let v1: PlannedVersion;
let v2: PlannedVersion;
let other: PlannedVersion;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-shadows-'));
  v1 = await versionOf('v1.0.0', 1);
  v2 = await versionOf('v2.0.0', 2);
  other = await versionOf('v3.0.0', 3, [columnOf('a', { required: true, maximum: 10 })]);
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

async function versionOf(
  version: string,
  weight: number,
  columns: readonly ColumnContract[] = [],
): Promise<PlannedVersion> {
  const { parts, bytes } = await sumModel({ version, weight, columns });
  const folder = join(root, version);
  const written = await writeServable(folder, parts, bytes);
  if (!written.ok) throw new Error(written.failure.message);
  return { name: version, digest: parts.digest, folder };
}

interface Rig extends AsyncDisposable {
  readonly events: AnswerEvent[];
  /** Models of which a copy was not made. */
  readonly dropped: string[];
  readonly engines: Map<string, Engine>;
  ask(row: unknown): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
}

/** A server whose shadows are opened by `shadowOf`. */
async function start(
  planned: Partial<PlannedModel>,
  shadowOf: (engine: Engine) => Engine = (engine) => engine,
): Promise<Rig> {
  const events: AnswerEvent[] = [];
  const dropped: string[] = [];
  const engines = new Map<string, Engine>();
  const open = versionOpener({
    engineOf: (servable) => batchingEngine(servable, { clock: () => performance.now() }),
  });
  const fleet: PlannedFleet = planFleet({
    lingerMs: 1,
    open: async (version) => {
      const opened = await open(version);
      if (!opened.ok) return opened;
      const engine = version.name === 'v1.0.0' ? opened.value : shadowOf(opened.value);
      engines.set(version.name, engine);
      return success(engine);
    },
  });
  const { versions = [v1, v2], ...others } = planned;
  const model: PlannedModel = { model: 'sum', served: 'v1.0.0', versions, shadows: [], ...others };
  const { refused } = await fleet.apply({ version: 1, models: [model] });
  expect(refused).toEqual([]);
  const listener: Listener = await openServer({
    fleet,
    host: '127.0.0.1',
    port: 0,
    observers: [
      {
        answered: (event) => void events.push(event),
        dropped: ({ model }) => void dropped.push(model),
      },
    ],
  });
  return {
    events,
    dropped,
    engines,
    ask: async (row) => {
      const response = await fetch(`${listener.url}/predict/sum`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(row),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

async function copies(events: readonly AnswerEvent[], count: number): Promise<readonly AnswerEvent[]> {
  for (let i = 0; i < 400; i++) {
    const found = events.filter(({ role }) => role === 'shadow');
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`only ${events.filter(({ role }) => role === 'shadow').length} copies were answered`);
}

describe('a shadow', () => {
  it('S7: gets a copy of every request, and its answer is told to observers only', async () => {
    // Tells no time of the runtime: where others use the processors, one call can take all that copies may.
    await using rig = await start({ shadows: ['v2.0.0'] }, (engine) => ({
      ...engine,
      load: () => ({ queuedRows: 0, queueLimit: 1 }),
    }));
    for (let i = 0; i < 5; i++) {
      const { status, body } = await rig.ask({ a: i, b: 1 });
      expect(status).toBe(200);
      expect(body).toMatchObject({ version: 'v1.0.0', prediction: { value: i + 1 } });
    }
    const found = await copies(rig.events, 5);
    expect(found).toHaveLength(5);
    for (const [i, { version, prediction, firstRow }] of found.entries()) {
      expect(version?.name).toBe('v2.0.0');
      expect(prediction?.task === 'regression' && prediction.values[firstRow]).toBe(2 * (i + 1));
    }
    const ids = (role: string): readonly string[] =>
      rig.events.filter((event) => event.role === role).map(({ requestId }) => requestId);
    expect(ids('shadow')).toEqual(ids('served'));
  });

  it('S7, S11: that never answers holds up nobody; copies beyond its limit are dropped and counted', async () => {
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await using rig = await start({ shadows: ['v2.0.0'] }, (engine) => ({
      ...engine,
      infer: async (block, deadline) => {
        await gate;
        return await engine.infer(block, deadline);
      },
    }));
    const rows = Array.from({ length: 256 }, (_, i) => ({ a: i, b: 0 }));
    for (let i = 0; i < 12; i++) expect((await rig.ask(rows)).status).toBe(200);
    // 2,048 rows fit, which is 8 requests of 256.
    expect(rig.dropped).toEqual(Array(4).fill('sum'));
    letGo();
    const all = await copies(rig.events, 8);
    expect(all.filter(({ prediction }) => prediction !== undefined)).toHaveLength(8);
  });

  it('S11: that throws ends nothing', async () => {
    await using rig = await start({ shadows: ['v2.0.0'] }, (engine) => ({
      ...engine,
      infer: () => {
        throw new Error('a bug');
      },
    }));
    for (let i = 0; i < 3; i++) expect((await rig.ask({ a: i, b: 1 })).status).toBe(200);
    const found = await copies(rig.events, 3);
    expect(found.map(({ failure }) => failure?.code)).toEqual(Array(3).fill('serve-model-failed'));
  });

  it('S7: under another contract checks the request by its own', async () => {
    await using rig = await start({ versions: [v1, other], shadows: ['v3.0.0'] });
    expect((await rig.ask({ a: 11, b: 1 })).status).toBe(200);
    expect((await rig.ask({ a: 9, b: 1 })).status).toBe(200);
    const found = await copies(rig.events, 2);
    const codes = found.map(({ failure }) => failure?.code);
    expect(codes.sort()).toEqual(['serve-row-invalid', undefined]);
  });

  it('S7: under the same contract gets no copy of a request that breaks it', async () => {
    await using rig = await start({ shadows: ['v2.0.0'] });
    expect((await rig.ask({ a: 'x', b: 1 })).status).toBe(422);
    expect((await rig.ask({ a: 1, b: 1 })).status).toBe(200);
    const found = await copies(rig.events, 1);
    expect(found.map(({ failure }) => failure)).toEqual([undefined]);
  });

  it('S7: gets no copy of what it answers itself as a canary', async () => {
    await using rig = await start({ shadows: ['v2.0.0'], canary: { version: 'v2.0.0', share: 1 } });
    expect((await rig.ask({ a: 1, b: 1 })).body).toMatchObject({ version: 'v2.0.0' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(rig.events.map(({ role }) => role)).toEqual(['canary']);
  });
});

describe('opening a version', () => {
  const opener = (availableMemory = () => 2 ** 40) =>
    versionOpener({
      engineOf: (servable) => batchingEngine(servable, { clock: () => performance.now() }),
      availableMemory,
    });

  async function codeOf(opened: Awaited<ReturnType<ReturnType<typeof opener>>>): Promise<string> {
    if (!opened.ok) return opened.failure.code;
    await opened.value[Symbol.asyncDispose]();
    return 'good';
  }

  it('S7: takes what is what the plan says', async () => {
    expect(await codeOf(await opener()(v1))).toBe('good');
  });

  it('P4: refuses a folder that holds another version than the plan says', async () => {
    expect(await codeOf(await opener()({ ...v1, digest: v2.digest }))).toBe('serve-version-unexpected');
  });

  it('S11: refuses what is too large for the memory that is left', async () => {
    expect(await codeOf(await opener(() => 100)(v1))).toBe('serve-version-memory');
  });

  it('S11: refuses a folder that is not there', async () => {
    expect(await codeOf(await opener()({ ...v1, folder: join(root, 'none') }))).toBe('servable-unreadable');
  });
});
