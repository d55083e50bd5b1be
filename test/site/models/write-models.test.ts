import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failed, success } from '../../../src/base/index.ts';
import { runtimeMissing } from '../../../src/embed/failures.ts';
import { loadProject } from '../../../src/pipeline/index.ts';
import type { Ledger, ModelState } from '../../../src/registry/index.ts';
import type { ModelFile, ModelsFile } from '../../../src/site/format/index.ts';
import { fileNameOf, folderOfVersion } from '../../../src/site/models/file-name.ts';
import { openText } from '../../../src/site/models/open-names.ts';
import { versionsToTry, withoutRuntime } from '../../../src/site/models/try-it/bench.ts';
import { writeModels } from '../../../src/site/models/write-models.ts';
import { siteOutput } from '../../../src/site/output.ts';
import type { SiteSources } from '../../../src/site/sources.ts';
import { openStore } from '../../../src/store/index.ts';
import { value } from '../../pipeline/rig.ts';
import { Book, commitOf, digestOf } from '../../registry/tags.ts';
import type { Yard } from '../rig/yard.ts';
import { openYard } from '../rig/yard.ts';

const hostile = '</script><img src=x onerror=alert(1)> {{ 7 * 7 }} \u202e=cmd()';

async function sourcesOf(yard: Yard, states: readonly ModelState[]): Promise<SiteSources> {
  await writeFile(
    join(yard.root, 'trainyard.yaml'),
    'version: 1\nstages:\n  - { name: staging, auto: true }\n  - { name: production, from: staging, approvals: 1, promoters: ["@org/team", carol@example.org] }\n',
  );
  const { root, repository, history: runs } = yard;
  const store = await openStore('file:.trainyard/store', { root, env: {} });
  return {
    root,
    repository,
    runs,
    project: value(await loadProject(root)),
    ledger: { states: async () => success(states) } as unknown as Ledger,
    openStore: async () => store,
    pack: async () => failed([{ code: 'x', kind: 'input', message: 'its bytes are not here', remedy: '' }]),
  };
}

async function write(yard: Yard, states: readonly ModelState[]): Promise<ModelsFile> {
  const written = value(await writeModels(await sourcesOf(yard, states), siteOutput(yard.out)));
  expect(written.total).toBe(states.length);
  return await read<ModelsFile>(yard, 'models.json');
}

async function read<T>(yard: Yard, path: string): Promise<T> {
  return JSON.parse(await readFile(join(yard.out, path), 'utf8')) as T;
}

describe('files of models', () => {
  it('hold versions, stages and events as the tags say them, and no address of anybody', async () => {
    await using yard = await openYard();
    const book = new Book();
    const by = { name: 'ada@example.org', proof: 'nobody' };
    book.register('v1.0.0', { by, why: hostile });
    book.assign('v1.0.0', 'staging', { by, cause: 'automatic' });
    book.assign('v1.0.0', 'production', {
      by,
      checks: [
        {
          check: 'promoter',
          verdict: 'pass',
          because: 'it was ada@example.org (unproven), not dora@example.org',
        },
      ],
    });
    book.register('v1.1.0');
    const { stages, models } = await write(yard, [await book.state()]);
    expect(stages).toEqual([{ name: 'staging' }, { name: 'production', from: 'staging' }]);
    expect(models).toMatchObject([
      {
        name: 'heart-disease',
        file: 'models/heart-disease.json',
        versions: 2,
        latest: { version: 'v1.1.0', metric: { name: 'roc_auc', value: 0.9, better: 'higher' } },
        stages: {
          staging: { version: 'v1.0.0' },
          production: {
            version: 'v1.0.0',
            run: { pipeline: 'heart-disease', id: '20260301-120000-0123abcd' },
          },
        },
      },
    ]);
    const text = await readFile(join(yard.out, 'models/heart-disease.json'), 'utf8');
    expect(text).not.toContain('@example.org');
    const file = JSON.parse(text) as ModelFile;
    expect(file.versions.map(({ version }) => version)).toEqual(['v1.1.0', 'v1.0.0']);
    expect(file.versions[1]).toMatchObject({
      why: hostile,
      by: { name: 'ada@…' },
      stages: ['staging', 'production'],
      recordProblem: 'The record of run 20260301-120000-0123abcd is not in this clone.',
      provenance: { verdict: 'inconclusive' },
      tryOut: { can: false },
    });
    expect(file.events.map(({ tag }) => tag)).toEqual([
      'heart-disease@v1.0.0',
      'heart-disease#staging#1',
      'heart-disease#production#2',
      'heart-disease@v1.1.0',
    ]);
    expect(file.stages[1]).toMatchObject({ from: 'staging', approvals: 1, now: { version: 'v1.0.0' } });
    expect(file.stages[1]!.promoters).toEqual(['@org/team', 'carol@…']);
  });

  it('name people without their addresses in any sentence, and leave tags of the model as they are', () => {
    const open = (text: string): string => openText(text, 'heart-disease');
    expect(open('it says that it is of "eve@mail.example.org".')).toBe('it says that it is of "eve@…".');
    for (const text of ['heart-disease@v1.4.0', '`heart-disease@v1.4.0-rc.alpha`', '@org/team', 'a @ b.org'])
      expect(open(text)).toBe(text);
  });

  it('hold what another tool made, nothing at all, and models whose names are no names of files', async () => {
    await using yard = await openYard();
    const foreign = new Book('churn');
    foreign.foreign('churn@v1.0.0', commitOf('churn'));
    foreign.foreign('churn#staging#1', commitOf('churn'));
    const state = await foreign.state();
    const odd = { ...state, model: '../../<b>x</b>' };
    const empty = { ...state, model: 'empty', versions: [], requests: [] };
    const { models } = await write(yard, [odd, state, empty]);
    expect(models.map(({ versions, requests, latest }) => [versions, requests, latest])).toEqual([
      [1, 1, undefined],
      [1, 1, undefined],
      [0, 0, undefined],
    ]);
    expect((await readdir(join(yard.out, 'models'))).sort()).toEqual(
      models.map(({ file }) => file.slice('models/'.length)).sort(),
    );
    expect(models[0]!.file).toMatch(/^models\/other-[0-9a-f]{16}\.json$/);
    const file = await read<ModelFile>(yard, 'models/churn.json');
    expect(file.versions[0]).toMatchObject({ version: 'v1.0.0', metrics: {}, tryOut: { can: false } });
    expect(file.versions[0]).not.toHaveProperty('digest');
  });

  it('go when their model is gone, and are the same bytes when nothing happened', async () => {
    await using yard = await openYard();
    const [one, other] = [new Book('one'), new Book('other')];
    one.register('v1.0.0');
    other.register('v1.0.0');
    await write(yard, [await one.state(), await other.state()]);
    await mkdir(join(yard.out, 'models/other/v0.9.0'), { recursive: true });
    const before = await readFile(join(yard.out, 'models/other.json'));
    await write(yard, [await one.state(), await other.state()]);
    expect(await readFile(join(yard.out, 'models/other.json'))).toEqual(before);
    expect(await readdir(join(yard.out, 'models/other'))).toEqual([]);
    await write(yard, [await one.state()]);
    expect(await readdir(join(yard.out, 'models'))).toEqual(['one.json']);
  });

  it('hold 200 versions with their whole history', async () => {
    await using yard = await openYard();
    const book = new Book();
    for (let i = 0; i < 200; i++) {
      book.register(`v1.${i}.0`);
      book.assign(`v1.${i}.0`, 'staging');
      if (i % 3 === 0)
        book.assign(`v1.${i}.0`, 'production', { cause: i % 2 === 0 ? 'promotion' : 'rollback' });
    }
    await write(yard, [await book.state()]);
    const file = await read<ModelFile>(yard, 'models/heart-disease.json');
    expect(file.versions).toHaveLength(200);
    expect(file.events).toHaveLength(200 + 200 + 67);
    const verified = file.versions.filter(
      ({ provenance }) => !provenance.because.startsWith('Not looked at'),
    );
    expect(verified).toHaveLength(20);
  });

  it('let readers try all versions of stages, and then those that were registered last, whatever the order of models', async () => {
    const states: ModelState[] = [];
    for (let i = 0; i < 30; i++) {
      const book = new Book(`model-${String(i).padStart(2, '0')}`);
      // The first are the newest; the last one of all stands in a stage, where an older version stood.
      book.register('v1.0.0', { at: `2026-03-01T12:${59 - i}:00.000Z` });
      if (i === 29) book.assign('v1.0.0', 'production');
      states.push(await book.state());
    }
    const tried = versionsToTry(states);
    expect(tried.size).toBe(24);
    expect(tried).toContain('model-29@v1.0.0');
    expect(tried).toContain('model-22@v1.0.0');
    expect(tried).not.toContain('model-23@v1.0.0');
    expect([...versionsToTry([...states].reverse())].sort()).toEqual([...tried].sort());
  });

  it('tell who lacks the runtime of browsers what to install, in which version', () => {
    expect(withoutRuntime(runtimeMissing('1.30.0'))).toBe(
      'models cannot be tried in their pages: onnxruntime-web is not installed. npm install onnxruntime-web@1.30.0',
    );
  });

  it('leave no runtime behind that no version is tried with', async () => {
    await using yard = await openYard();
    await mkdir(join(yard.out, 'onnxruntime/1.0.0'), { recursive: true });
    await writeFile(join(yard.out, 'onnxruntime/1.0.0/ort.js'), '');
    const book = new Book();
    book.register('v1.0.0');
    await write(yard, [await book.state()]);
    expect(await readdir(yard.out)).not.toContain('onnxruntime');
  });

  it('hold what the environment branches say, from the remote where that is newer, beside what the registry says', async () => {
    await using yard = await openYard();
    const { repository } = yard;
    const book = new Book();
    for (const name of ['v1.0.0', 'v1.1.0']) {
      book.register(name);
      book.assign(name, 'production');
    }
    const lock = (version: string, counter: number): string =>
      JSON.stringify({
        version: 1,
        model: 'heart-disease',
        stage: 'production',
        name: version,
        digest: digestOf(version),
        assignment: {
          tag: `heart-disease#production#${counter}`,
          id: commitOf(version),
          counter,
          by: 'ada@example.org',
        },
        image: { repository: 'registry.example.org/heart', digest: digestOf(`image ${version}`) },
        provenance: { verdict: 'inconclusive', because: 'nobody has signed' },
        files: {},
      });
    const path = 'locks/heart-disease.json';
    const commit = async (
      parent: string | undefined,
      text: string | undefined,
      day: number,
    ): Promise<string> =>
      value(
        await repository.writeCommit({
          parent,
          ...(text === undefined ? { remove: [path] } : { add: [{ path, bytes: Buffer.from(text) }] }),
          message: 'deploy',
          time: new Date(Date.UTC(2026, 2, day)),
        }),
      );
    const point = async (ref: string, after: string, before?: string): Promise<void> =>
      void value(await repository.updateRefs([{ ref, before, after }]));
    const facts = async (): Promise<ModelFile['deployments']> => {
      await write(yard, [await book.state()]);
      return (await read<ModelFile>(yard, 'models/heart-disease.json')).deployments;
    };
    expect(await facts()).toEqual([]);
    const first = await commit(undefined, lock('v1.0.0', 1), 1);
    await point('refs/heads/deploy/production', first);
    expect(await facts()).toMatchObject([
      {
        branch: 'deploy/production',
        now: { version: 'v1.0.0', at: '2026-03-01T00:00:00.000Z', by: 'ada@…', commit: first },
        registry: { says: 'other', version: 'v1.1.0', tag: 'heart-disease#production#2' },
      },
    ]);
    const second = await commit(first, lock('v1.1.0', 2), 2);
    await point('refs/remotes/origin/deploy/production', second);
    expect(await facts()).toMatchObject([
      {
        branch: 'origin/deploy/production',
        registry: { says: 'same' },
        history: [
          { version: 'v1.1.0', commit: second },
          { version: 'v1.0.0', commit: first },
        ],
      },
    ]);
    const gone = await commit(second, undefined, 3);
    await point('refs/remotes/origin/deploy/production', gone, second);
    const [taken] = await facts();
    expect(taken).not.toHaveProperty('now');
    expect(taken!.history.map(({ version }) => version)).toEqual([undefined, 'v1.1.0', 'v1.0.0']);
    const broken = await commit(gone, `{"version":1,"model":${JSON.stringify(hostile)}}`, 4);
    await point('refs/remotes/origin/deploy/production', broken, gone);
    expect((await facts())[0]!.problem).toContain('locks/heart-disease.json');
  });

  it('have names that no two models or versions share, below their own folder, whatever those are called', () => {
    const names = fc.string({ unit: fc.constantFrom(...'aA/.v1-0\\\0é😀 '), maxLength: 12 });
    fc.assert(
      fc.property(names, names, (a, b) =>
        [fileNameOf, folderOfVersion].every(
          (name) => /^[a-z0-9][a-z0-9.-]*$/.test(name(a)) && (a === b || name(a) !== name(b)),
        ),
      ),
    );
    expect(fileNameOf('heart-disease')).toBe('heart-disease');
    expect(folderOfVersion('v1.4.0-rc.1')).toBe('v1.4.0-rc.1');
    for (const name of ['..', 'con', 'a/b', 'A', 'v1.0.0-/..']) {
      expect(fileNameOf(name)).toMatch(/^other-/);
      expect(folderOfVersion(name)).toMatch(/^other-/);
    }
  });
});
