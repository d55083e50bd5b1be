// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline files are full of expressions
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure, Result } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import {
  checkFiles,
  expandMatrix,
  findPipeline,
  loadPipeline,
  loadProject,
} from '../../src/pipeline/index.ts';

const common = fileURLToPath(new URL('./golden-common/', import.meta.url));
const good = await readFile(new URL('./golden/good/pipeline.yaml', import.meta.url), 'utf8');
const file = 'pipelines/demo/pipeline.yaml';
let root = '';

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'trainyard-load-'));
  await cp(common, root, { recursive: true });
  await writeFile(path.join(root, file), good);
});
afterEach(() => rm(root, { recursive: true }));

function loaded<T, F>(result: Result<T, F>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure, null, 2));
  return result.value;
}

function failuresOf<T>(result: Result<T, readonly Failure[]>): readonly Failure[] {
  return result.ok ? [] : result.failure;
}

describe('a pipeline that is loaded (T5)', () => {
  it('holds the file as written, where it is and the digest of its bytes', async () => {
    const pipeline = loaded(await loadPipeline({ root, file }));
    expect(pipeline.file.name).toBe('demo');
    expect(pipeline.file.features?.[1]).toEqual({ columns: ['town'], encode: 'one-hot' });
    expect(pipeline.path).toBe(file);
    expect(pipeline.folder).toBe(path.join(root, 'pipelines/demo'));
    expect(pipeline.root).toBe(root);
    expect(pipeline.digest).toBe(digestOfBytes(good));
  });

  it('has datasets with absolute paths and the primary key of their contract', async () => {
    const { datasets, contracts } = loaded(await loadPipeline({ root, file }));
    expect(datasets.get('houses')).toEqual({
      name: 'houses',
      path: path.join(root, 'data/houses.csv'),
      format: 'csv',
      delimiter: ',',
      contract: path.join(root, 'pipelines/demo/houses.odcs.yaml'),
      key: ['id'],
      target: 'sold',
      split: { test: 0.25, salt: '' },
    });
    expect(contracts.get('houses')?.file).toBe('pipelines/demo/houses.odcs.yaml');
  });

  it('tells the place of every value, and of the nearest one for what is not there', async () => {
    const { place } = loaded(await loadPipeline({ root, file }));
    const lines = good.split('\n');
    const textAt = (at: ReturnType<typeof place>): string =>
      lines[at.line! - 1]!.slice(at.column! - 1, at.column! - 1 + at.length!);
    expect(textAt(place(['steps', 'train', 'with', 'trees']))).toBe('"${{ params.trees }}"');
    expect(textAt(place(['steps', 'train', 'matrix', 'estimator', 1]))).toBe('random-forest');
    expect(textAt(place(['steps', 'train', 'retry']))).toBe('train');
    expect(textAt(place(['model', 'gates', 0, 'min']))).toBe('0.6');
    expect(place([]).file).toBe(file);
  });

  it('knows no names that are not in the file, whatever objects inherit', async () => {
    const { file: read } = loaded(await loadPipeline({ root, file }));
    expect(read.steps['constructor']).toBeUndefined();
    expect(read.params?.['toString']).toBeUndefined();
  });

  it('reads through the function it is given, and takes absolute paths', async () => {
    const wanted: string[] = [];
    const readFileOf = async (at: string): Promise<Uint8Array> => {
      wanted.push(path.relative(root, at));
      return readFile(at);
    };
    loaded(await loadPipeline({ root, file: path.join(root, file), readFile: readFileOf }));
    expect(wanted.sort()).toEqual([file, 'pipelines/demo/houses.odcs.yaml', 'trainyard.yaml'].sort());
  });

  it('is one failure when it is not there, is a folder, or cannot be read', async () => {
    const missing = failuresOf(await loadPipeline({ root, file: 'pipelines/other/pipeline.yaml' }));
    expect(missing).toMatchObject([
      { code: 'pipeline-file-missing', place: { file: 'pipelines/other/pipeline.yaml' } },
    ]);
    expect(failuresOf(await loadPipeline({ root, file: 'pipelines' }))).toMatchObject([
      { code: 'pipeline-file-missing' },
    ]);
    const refuse = (): Promise<Uint8Array> =>
      Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    const refused = failuresOf(await loadPipeline({ root, file, readFile: refuse }));
    expect(refused).toMatchObject([{ code: 'pipeline-file-unreadable', kind: 'world' }]);
  });

  it('may depend on folders, globs, links and files beside its folder', async () => {
    await writeFile(path.join(root, 'outside.py'), '');
    await mkdir(path.join(root, 'pipelines/demo/.config'));
    await symlink(path.join(root, 'outside.py'), path.join(root, 'pipelines/demo/link.py'));
    const deps = 'deps: [src, src/, "src/*.py", ./src/train.py, ../../outside.py, link.py, .config]';
    await writeFile(path.join(root, file), good.replace('deps: [src/train.py]', deps));
    loaded(await loadPipeline({ root, file }));
  });

  it('may not depend on a link that leads nowhere', async () => {
    await symlink(path.join(root, 'nowhere'), path.join(root, 'pipelines/demo/link.py'));
    await writeFile(path.join(root, file), good.replace('[src/train.py]', '[link.py]'));
    expect(failuresOf(await loadPipeline({ root, file }))).toMatchObject([{ code: 'pipeline-dep-missing' }]);
  });

  it('may repeat values by anchors and aliases', async () => {
    const text = good
      .replace('houses, slices: [town]', '*name, slices: [town]')
      .replace('data: houses }', 'data: &name houses }');
    await writeFile(path.join(root, file), text);
    const pipeline = loaded(await loadPipeline({ root, file }));
    expect(pipeline.file.steps['evaluate']).toMatchObject({ with: { data: 'houses' } });
  });
});

describe('finding a pipeline', () => {
  it('takes a name, a folder and a file', () => {
    for (const name of ['demo', 'pipelines/demo', file, path.join(root, file)]) {
      expect(loaded(findPipeline(root, name))).toBe(file);
    }
  });

  it('names the nearest, or lists what there is', () => {
    expect(findPipeline(root, 'demoo')).toMatchObject({
      failure: { code: 'pipeline-not-found', remedy: 'did you mean `demo`?' },
    });
    expect(findPipeline(root, 'x')).toMatchObject({
      failure: { remedy: 'name a pipeline or a file: there is demo' },
    });
    expect(findPipeline(path.join(root, 'data'), 'x')).toMatchObject({
      failure: { code: 'pipeline-not-found' },
    });
    expect(findPipeline(root, '../../etc')).toMatchObject({ ok: false });
  });
});

describe('a matrix', () => {
  it('has one instance a combination, the last key changing fastest', () => {
    expect(expandMatrix({ matrix: { a: [1, 2], b: ['x', 'y'] } })).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: 'y' },
      { a: 2, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    expect(expandMatrix({})).toEqual([{}]);
  });
});

describe('the project file', () => {
  const read = (text: string): Promise<ReturnType<typeof loadProject> extends Promise<infer R> ? R : never> =>
    loadProject(root, async () => new TextEncoder().encode(text));

  it('has defaults, also when it is missing', async () => {
    await rm(path.join(root, 'trainyard.yaml'));
    const defaults = {
      root,
      store: 'file:.trainyard/store',
      runs: { branch: 'trainyard/runs' },
      stages: [],
      provenance: {},
      site: {},
    };
    expect(loaded(await loadProject(root))).toEqual(defaults);
    expect(loaded(await read('version: 1'))).toEqual({ ...defaults, file: 'trainyard.yaml' });
  });

  it('gives store, branch and stages', async () => {
    const project = loaded(
      await read(
        '{ version: 1, store: "file:/data", runs: { branch: runs }, stages: [{ name: a }, { name: b, from: a }] }',
      ),
    );
    expect(project).toMatchObject({
      store: 'file:/data',
      runs: { branch: 'runs' },
      stages: [{ name: 'a' }, { name: 'b', from: 'a' }],
    });
  });

  it.each([
    ['store: ftp://x', 'pipeline-store'],
    ['store: s3://Bucket/x', 'pipeline-store'],
    ['store: "s3://key:secret@bucket/x"', 'pipeline-store'],
    ['store: "s3://bucket/a b"', 'pipeline-store'],
    ['store: oci://ghcr.io', 'pipeline-store'],
    ['store: oci://ghcr.io/Owner/name', 'pipeline-store'],
    ['store: oci://ghcr.io/owner/name:tag', 'pipeline-store'],
    ['store: ""', 'pipeline-value-form'],
    ['runs: { branch: "a b" }', 'pipeline-branch'],
    ['runs: { branch: refs/heads/x }', 'pipeline-branch'],
    ['runs: { branhc: x }', 'pipeline-key-unknown'],
    ['stages: [{ name: a }, { name: a }]', 'pipeline-stage'],
    ['stages: [{ name: a, from: b }, { name: b }]', 'pipeline-stage'],
    ['stages: [{ name: a, promoters: [bob] }]', 'pipeline-promoter'],
    ['stages: [{ name: A }]', 'pipeline-value-form'],
    ['stages: [{}]', 'pipeline-key-missing'],
  ])('is refused with its place when it says %s', async (line, code) => {
    const failures = failuresOf(await read(`version: 1\n${line}\n`));
    expect(failures.map((failure) => failure.code)).toEqual([code]);
    expect(failures[0]?.place).toMatchObject({ file: 'trainyard.yaml', line: 2 });
  });

  it('hides no mistakes of pipelines, and they are told in order of files and lines', async () => {
    await writeFile(path.join(root, 'trainyard.yaml'), 'version: 1\nstages: 3\n');
    await writeFile(
      path.join(root, file),
      good.replace('name: demo', 'name: other').replace('metric: roc_auc, min', 'metric: rocauc, min'),
    );
    const failures = await checkFiles({ root, files: ['trainyard.yaml', file, file] });
    expect(failures.map(({ place }) => `${place?.file}:${place?.line}`)).toEqual([
      `${file}:2`,
      `${file}:33`,
      'trainyard.yaml:2',
    ]);
  });
});
