import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelState } from '../../../src/registry/index.ts';
import { stateAt } from '../../../src/registry/index.ts';
import type { ModelFile } from '../../../src/site/format/index.ts';
import { spansOf, stagesAt } from '../../../src/site/format/index.ts';
import { modelFile } from '../../../src/site/models/model-file.ts';
import { Book } from '../../registry/tags.ts';

const versions = ['v1.0.0', 'v1.1.0', 'v2.0.0-rc.1'] as const;
const stages = ['staging', 'production', 'constructor'] as const;

/** Anything that may happen, legal or not, at times that may run backwards, be equal or be none. */
const acts = fc.array(
  fc.record({
    act: fc.constantFrom('assign', 'assign', 'assign', 'unassign', 'archive'),
    name: fc.constantFrom(...versions),
    stage: fc.constantFrom(...stages),
    cause: fc.constantFrom('promotion', 'automatic', 'rollback'),
    at: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.integer({ min: 0, max: 1000 }).map((second) => new Date(second * 1000).toISOString()),
      },
      { weight: 1, arbitrary: fc.constant('2026-06-30T23:59:60Z') },
      { weight: 1, arbitrary: fc.constant('1970-01-01T01:05:00+01:00') },
    ),
  }),
  { maxLength: 14 },
);
type Acts = typeof acts extends fc.Arbitrary<infer T> ? T : never;

async function play(done: Acts): Promise<ModelState> {
  const book = new Book();
  for (const name of versions) book.register(name, { at: new Date(0).toISOString() });
  for (const { act, name, stage, cause, at } of done) {
    if (act === 'assign') book.assign(name, stage, { cause, at });
    if (act === 'unassign') book.unassign(name, stage, { at });
    if (act === 'archive') book.archive(name, { at });
  }
  return await book.state();
}

/** As the page has it: through JSON. */
function fileOf(state: ModelState): ModelFile {
  const about = { versions: [], policies: [], approvals: [], deployed: [] };
  return JSON.parse(JSON.stringify(modelFile(state, about))) as ModelFile;
}

function standing(file: ModelFile, at: number): Record<string, string | undefined> {
  return Object.fromEntries(
    stagesAt(file, new Date(at)).stages.map(({ stage, there }) => [stage, there?.name]),
  );
}

describe('what a page says of a moment', () => {
  it('V4: is what the registry says of it, whatever happened and whatever the clocks said', async () => {
    await fc.assert(
      fc.asyncProperty(acts, fc.integer({ min: -5, max: 1005 }), async (done, second) => {
        const state = await play(done);
        const at = new Date(second * 1000);
        const past = stateAt(state, at);
        const shown = stagesAt(fileOf(state), at);
        expect(shown.events).toBe(past.events.length);
        expect(shown.doubts).toEqual(past.doubts);
        expect(Object.fromEntries(shown.stages.map(({ stage, there }) => [stage, there?.tag]))).toEqual(
          Object.fromEntries(Object.keys(state.stages).map((stage) => [stage, past.stages[stage]?.tag])),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('agrees with the bars of the time line where clocks agree with the order', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (done) => {
        const sorted = done
          .filter(({ at }) => at.endsWith('Z') && !at.includes(':60Z'))
          .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
        const file = fileOf(await play(sorted));
        const spans = spansOf(file);
        for (const { name } of file.stages) {
          const lane = spans.filter(({ stage }) => stage === name);
          for (const [i, { from, to }] of lane.entries()) {
            expect(to ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(from);
            if (i > 0) expect(from).toBeGreaterThanOrEqual(lane[i - 1]!.to!);
          }
          for (const { from, to, version } of lane) {
            if (to === from) continue;
            expect(standing(file, from)[name]).toBe(version);
            expect(standing(file, (to ?? from + 10_000) - 1)[name]).toBe(version);
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  it('shows no overlapping bars where a clock ran backwards', async () => {
    const state = await play([
      { act: 'assign', name: 'v1.0.0', stage: 'production', cause: 'promotion', at: '2026-03-02T00:00:00Z' },
      { act: 'assign', name: 'v1.1.0', stage: 'production', cause: 'promotion', at: '2026-03-01T00:00:00Z' },
    ]);
    const moment = Date.parse('2026-03-02T00:00:00Z');
    expect(spansOf(fileOf(state)).map(({ version, from, to }) => [version, from, to])).toEqual([
      ['v1.0.0', moment, moment],
      ['v1.1.0', moment, undefined],
    ]);
  });
});
