import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { success } from '../../../src/base/index.ts';
import type { Evidence, Identity, StagePolicy, TaggedEvent } from '../../../src/registry/index.ts';
import { answerRequest, archive, promote, rollback } from '../../../src/registry/index.ts';
import { commitOf } from '../tags.ts';
import { MemoryBook } from './memory-ledger.ts';

const versions = ['v1.0.0', 'v1.1.0', 'v1.2.0'];
const policy = { auto: false, promoters: [], approvals: 0, provenance: false };
const stages: readonly StagePolicy[] = [
  { ...policy, name: 'staging' },
  { ...policy, name: 'production', from: 'staging' },
];

type Act =
  | { readonly act: 'promote'; readonly name: string; readonly stage: string }
  | { readonly act: 'rollback'; readonly stage: string }
  | { readonly act: 'archive'; readonly name: string; readonly withdraw: boolean }
  | { readonly act: 'tag'; readonly name: string; readonly stage: string; readonly counter: number };

const name = fc.constantFrom(...versions);
const stage = fc.constantFrom('staging', 'production');
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('promote' as const), name, stage }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('rollback' as const), stage }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('archive' as const), name, withdraw: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('tag' as const),
      name,
      stage,
      counter: fc.integer({ min: 1, max: 12 }),
    }),
  },
);

/** What one writer says that it has written, or why it has not. */
type Report = { readonly events: readonly TaggedEvent[]; readonly failure?: string };

async function perform(
  it: Act,
  by: Identity,
  book: MemoryBook,
  step: (what: string) => Promise<void>,
): Promise<Report> {
  const world = {
    ledger: book.ledger(step),
    now: () => new Date('2026-03-01T12:00:00Z'),
    pause: () => step('pause'),
    random: () => 0.5,
    why: 'a test',
    stages,
    judgePromoter: async () => ({ verdict: 'pass' as const, because: 'anybody may' }),
    gather: async (_: unknown, state: Evidence['state']) => {
      await step('judge');
      return success<Evidence>({
        state,
        stages,
        promoter: { verdict: 'pass', because: 'anybody may' },
        approvals: [],
        startedAt: { at: '2026-03-01T11:00:00Z' },
        gates: [{ verdict: 'pass', because: 'good enough' }],
        now: new Date('2026-03-01T12:00:00Z'),
      });
    },
  };
  switch (it.act) {
    case 'promote': {
      const done = await promote(
        book.model,
        { name: it.name, stage: it.stage, cause: 'promotion', by },
        world,
      );
      if (!done.ok) return { events: [], failure: done.failure[0]!.code };
      return { events: done.value.kind === 'promoted' ? [done.value.event] : [] };
    }
    case 'rollback': {
      const done = await rollback(book.model, { stage: it.stage, by }, world);
      if (!done.ok) return { events: [], failure: done.failure[0]!.code };
      return { events: done.value.kind === 'rolled-back' ? [done.value.event] : [] };
    }
    case 'archive': {
      const done = await archive(book.model, { name: it.name, by, withdraw: it.withdraw }, world);
      return done.ok ? { events: done.value.events } : { events: [], failure: done.failure[0]!.code };
    }
    case 'tag': {
      const tag = `${book.model}#${it.stage}#${it.counter}`;
      const commit = commitOf(it.name);
      await step('tag');
      if (!book.foreign(tag, commit)) return { events: [] };
      const request = { tag, commit, counter: it.counter };
      const done = await answerRequest(
        book.model,
        { stage: it.stage, cause: 'promotion', by, request },
        world,
      );
      if (!done.ok) return { events: [], failure: done.failure[0]!.code };
      return { events: 'event' in done.value && done.value.event !== undefined ? [done.value.event] : [] };
    }
  }
}

/** What has to be true of every book, found by walking its events and by nothing that wrote them. */
async function checkBook(book: MemoryBook, reports: readonly Report[], registered: number): Promise<void> {
  const { events, stages: standing, problems } = await book.state();
  expect(problems.filter(({ problem }) => !problem.includes('takes nothing away'))).toEqual([]);
  const reported = new Set(reports.flatMap((report) => report.events.map(({ id }) => id)));
  const written = events.slice(registered).map(({ id }) => id);
  // What writers say that they wrote is in the book; a withdrawal whose archiving lost is in it too.
  for (const id of reported) expect(written).toContain(id);
  const failures = reports.flatMap(({ failure }) => failure ?? []);
  const partial = reports.some(({ failure }) => failure !== undefined);
  if (!partial) expect(written.length).toBe(reported.size);
  for (const failure of failures) expect(failure).toMatch(/^registry-(stage-changed|append-lost)$/);
  const archived = new Set<string>();
  const now = new Map<string, string | undefined>();
  let counter = 0;
  for (const { event } of events) {
    if (event.kind === 'register') continue;
    expect(event.counter).toBeGreaterThan(counter);
    counter = event.counter;
    if (event.kind === 'assign') {
      expect(archived.has(event.name)).toBe(false);
      expect(event.replaces).toBe(now.get(event.stage));
      now.set(event.stage, event.name);
    } else if (event.kind === 'archive') {
      expect([...now.values()]).not.toContain(event.name);
      archived.add(event.name);
    } else if (event.cause === 'withdrawn') {
      expect(now.get(event.stage)).toBe(event.name);
      now.set(event.stage, undefined);
    }
  }
  for (const [where, there] of Object.entries(standing)) expect(there?.event.name).toBe(now.get(where));
}

describe('promoters, rollbackers, archivers and people with tags, all at once', () => {
  it('V4 leave a legal history in every interleaving, and every loser is told', async () => {
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(act, { minLength: 2, maxLength: 6 }),
        async (scheduler, acts) => {
          const book = await new MemoryBook().withVersions(...versions);
          const actors = acts.map((it, i) => {
            const step = (what: string) => scheduler.schedule(Promise.resolve(), `${i} ${what}`);
            return perform(it, { name: `@p${i}`, proof: 'forge' }, book, step);
          });
          const reports = await scheduler.waitFor(Promise.all(actors));
          lost += book.lost;
          await checkBook(book, reports, versions.length);
        },
      ),
      { numRuns: 250 },
    );
    expect(lost).toBeGreaterThan(50);
  });

  it('V4 leave a legal history one after the other, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
        const book = await new MemoryBook().withVersions(...versions);
        const reports: Report[] = [];
        for (const it of acts) {
          reports.push(await perform(it, { name: '@ada', proof: 'forge' }, book, async () => undefined));
        }
        expect(reports.every(({ failure }) => failure === undefined)).toBe(true);
        await checkBook(book, reports, versions.length);
      }),
      { numRuns: 100 },
    );
  });

  it('V4 let one of two rollbacks go back, and tell the other who was faster', async () => {
    const book = await new MemoryBook().withVersions(...versions);
    const free = async (): Promise<void> => undefined;
    const ada: Identity = { name: '@ada', proof: 'forge' };
    for (const each of versions)
      await perform({ act: 'promote', name: each, stage: 'staging' }, ada, book, free);
    let meeting = 0;
    let open: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    const step = async (what: string): Promise<void> => {
      if (what !== 'append') return;
      if (++meeting === 2) open();
      await both;
    };
    const two = await Promise.all(
      ['@bob', '@eve'].map((who) =>
        perform({ act: 'rollback', stage: 'staging' }, { name: who, proof: 'forge' }, book, step),
      ),
    );
    expect(two.map(({ failure }) => failure).filter(Boolean)).toEqual(['registry-stage-changed']);
    expect((await book.state()).stages['staging']?.event.name).toBe('v1.1.0');
  });
});
