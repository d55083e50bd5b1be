import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../site/models/commands.ts';
import { firstVersion } from '../../site/models/first-version.ts';
import { barsOf, fieldText, lanesOf, ticksOf, wholeRange } from '../../site/models/timeline.ts';
import { checkManifest, checkShard } from '../../site/runs/check-files.ts';
import { success } from '../../src/base/index.ts';
import { loadProject } from '../../src/pipeline/index.ts';
import type { Ledger, ModelState } from '../../src/registry/index.ts';
import { notesFolder } from '../../src/runs/notes.ts';
import type { ModelFile, ModelsFile } from '../../src/site/format/index.ts';
import { stagesAt } from '../../src/site/format/index.ts';
import { writeModels } from '../../src/site/models/write-models.ts';
import { siteOutput } from '../../src/site/output.ts';
import { openStore } from '../../src/store/index.ts';
import { value } from '../pipeline/rig.ts';
import { Book, commitOf, digestOf } from '../registry/tags.ts';
import { openYard, pathOf, run } from './rig/yard.ts';

/** What anybody may write into a tag, a lock file or a note. */
const text = fc.constantFrom(
  '',
  '__proto__',
  'constructor',
  '</script><img src=x onerror=alert(1)> {{ 7 * 7 }}',
  'javascript:alert(1)',
  '../../../etc/passwd',
  '=cmd()',
  '\u202e\ufeff\u0000\ud800',
  'x'.repeat(5000),
  '2026-06-30T23:59:60Z',
  '+275760-09-13T00:00:00.001Z',
  'v1.0.0',
  'production',
);
const anything = fc.oneof(
  { weight: 5, arbitrary: text },
  fc.constantFrom(null, true, -0, 1e308, 2 ** 53, 0.5, [], {}, [[]], { __proto__: null }),
);
const key = fc.constantFrom(
  ...[
    'version',
    'model',
    'name',
    'digest',
    'stage',
    'cause',
    'counter',
    'at',
    'by',
    'why',
    'after',
    'checks',
  ],
  ...[
    'commit',
    'run',
    'pipeline',
    'record',
    'bump',
    'metrics',

    '__proto__',
    'constructor',
    'stranger',
  ],
);
const over = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  fc.record({ why: text, by: text.map((name) => ({ name, proof: 'nobody' })) }),
  fc.record({ at: text }),
  fc.record({ checks: fc.array(text.map((because) => ({ check: because, verdict: 'fail', because }))) }),
  fc.record({ metrics: text.map((name) => ({ [name]: { value: -1e308, low: 1e308, high: -1e308 } })) }),
  fc.tuple(key, anything).map(([name, it]) => Object.fromEntries([[name, it]])),
);
const acts = fc.array(
  fc.record({
    act: fc.constantFrom(
      'register',
      'register',
      'assign',
      'assign',
      'assign',
      'unassign',
      'archive',
      'foreign',
    ),
    name: fc.constantFrom('v1.0.0', 'v1.1.0', 'v9007199254740991.0.0', 'v2.0.0-rc.1'),
    stage: fc.constantFrom('production', 'staging', 'constructor', 'to-string'),
    over,
  }),
  { maxLength: 10 },
);
type Acts = typeof acts extends fc.Arbitrary<infer T> ? T : never;

async function stateAfter(done: Acts): Promise<ModelState> {
  const book = new Book();
  for (const { act, name, stage, over: own } of done) {
    try {
      if (act === 'register') book.register(name, own);
      if (act === 'assign') book.assign(name, stage, own);
      if (act === 'unassign') book.unassign(name, stage, own);
      if (act === 'archive') book.archive(name, own);
      if (act === 'foreign') book.foreign(`heart-disease#${stage}#${name.length}`, commitOf(name));
    } catch {
      // No tag can be made of that.
    }
  }
  return await book.state();
}

/** What a page computes from the file, besides showing its texts. */
function look(file: ModelFile): void {
  const now = Date.UTC(2026, 10, 22);
  const lanes = lanesOf(file);
  const range = wholeRange(lanes, now);
  for (const { spans } of lanes)
    for (const { span, left, width } of barsOf(spans, { range, now, least: 0.02 })) {
      expect(Number.isFinite(left) && width > 0).toBe(true);
      expect(new Date(span.from).toISOString()).not.toBe('');
    }
  expect(ticksOf(range, 9).length).toBeLessThan(12);
  fieldText(range.from);
  expect(stagesAt(file, new Date(now)).stages.length).toBe(file.stages.length);
  const version = firstVersion(file);
  if (version !== undefined) commandsOf(file, version);
}

describe('what others wrote into Git', () => {
  it('becomes files of models that can be read, whatever tags and lock files say', async () => {
    await using yard = await openYard();
    await writeFile(
      join(yard.root, 'trainyard.yaml'),
      'version: 1\nstages:\n  - { name: staging }\n  - { name: production }\n  - { name: constructor }\n',
    );
    const { root, repository, history: runs } = yard;
    const store = await openStore('file:.trainyard/store', { root, env: {} });
    const project = value(await loadProject(root));
    const output = siteOutput(yard.out);
    const lock = (own: object): string =>
      JSON.stringify({
        version: 1,
        model: 'heart-disease',
        stage: 'production',
        name: 'v1.0.0',
        digest: digestOf('v1.0.0'),
        assignment: { tag: 'heart-disease#production#1', id: commitOf('v1.0.0'), counter: 1, by: 'ada' },
        image: { repository: 'registry.example.org/heart', digest: digestOf('image') },
        provenance: { verdict: 'inconclusive', because: 'nobody has signed' },
        files: {},
        ...own,
      });
    const locks = fc.array(fc.oneof(text, over.map(lock)), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(acts, locks, async (done, written) => {
        const tip = await repository.tip('deploy/production');
        const files = written.map((content, i) => ({
          path: `locks/m${i}.json`,
          bytes: Buffer.from(content),
        }));
        if (files.length > 0) {
          const after = value(
            await repository.writeCommit({ parent: tip, add: files, message: 'deploy', time: new Date(0) }),
          );
          value(await repository.updateRefs([{ ref: 'refs/heads/deploy/production', before: tip, after }]));
        }
        const states = [await stateAfter(done)];
        const ledger = { states: async () => success(states) } as unknown as Ledger;
        const sources = { root, repository, runs, project, ledger, openStore: async () => store };
        expect(value(await writeModels(sources, output)).total).toBe(1);
        const { models } = JSON.parse(await yard.text('models.json')) as ModelsFile;
        expect(models[0]!.file).toBe('models/heart-disease.json');
        const content = await yard.text(models[0]!.file);
        expect(content).not.toContain('@example.org');
        look(JSON.parse(content) as ModelFile);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('becomes a table of runs that can be read, whatever notes say', async () => {
    await using yard = await openYard();
    await yard.grow([run(1), run(2)]);
    const folder = notesFolder('heart-disease', run(1).id);
    const note = (own: object): string =>
      JSON.stringify({
        version: 1,
        run: run(1).id,
        kind: 'note',
        text: 'a note',
        at: '2026-11-21T04:00:00.000Z',
        ...own,
      });
    const kinds = fc.constantFrom('tag', 'untag', 'note', 'stranger', '__proto__');
    const noteOver = fc.oneof(
      fc.record({ kind: kinds, text, by: text, at: text }),
      fc.record({ kind: kinds, text, removes: fc.array(text, { maxLength: 3 }) }),
      fc
        .tuple(fc.constantFrom('version', 'run', 'kind', 'text', 'removes', 'by', 'at'), anything)
        .map((pair) => Object.fromEntries([pair])),
    );
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(text, noteOver.map(note)), { minLength: 1, maxLength: 4 }),
        async (notes) => {
          await yard.put(
            Object.fromEntries(
              notes.map((content) => [
                `${folder}/20261122-090000-123-${(made++).toString(16).padStart(8, '0')}.json`,
                content,
              ]),
            ),
          );
          expect((await yard.build()).total).toBe(2);
          const manifest = checkManifest(await yard.manifest());
          for (const { file, rows } of manifest.shards) checkShard(await yard.shard(file), file, rows);
          expect(await yard.text(`runs/${pathOf(1).slice('runs/'.length)}`)).toContain(run(1).id);
        },
      ),
      { numRuns: 8 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 60_000);
});
