import type { PullReport } from '../../../src/report/index.ts';

type Texts = (at: number) => string;

const digest = (character: string): string => `sha256:${character.repeat(64)}`;

const run = {
  id: '20261122-031500-2b84a9c1',
  startedAt: '2026-11-22T03:15:00.123Z',
  seconds: 12.34,
  status: 'succeeded',
  verdict: 'pass',
  commit: 'b'.repeat(40),
  dirty: false,
  trigger: 'pull_request',
  platform: 'linux-x64',
  cpus: 4,
  trainyard: '0.1.0',
} as const;

const number = (value: number): { value: number; low: number; high: number } => ({
  value,
  low: value - 0.05,
  high: value + 0.05,
});

/** A report that uses every member of its type, with texts of somebody else wherever there is room for one. */
export function reportWith(text: Texts, amount = 1): PullReport {
  let at = 0;
  const next = (): string => text(at++);
  const many = <T>(make: (i: number) => T, count = amount): readonly T[] =>
    Array.from({ length: count }, (_, i) => make(i));
  const metric = (): PullReport['metrics'][number] => ({
    metric: next(),
    better: 'higher',
    base: number(0.8),
    head: number(0.9),
    difference: number(0.1),
    basis: 'unpaired',
    reading: 'better',
  });
  const metrics = many(metric);
  return {
    version: 1,
    pipeline: next(),
    changed: true,
    head: { ...run, branch: next(), trigger: next(), platform: next(), trainyard: next() },
    base: { kind: 're-evaluated', run: { ...run, platform: next() }, target: next(), because: next() },
    mainMetric: metrics[0]?.metric ?? next(),
    gates: [
      ...many(() => ({ verdict: 'fail' as const, reason: next(), was: 'pass' as const })),
      ...many(() => ({
        verdict: 'pass' as const,
        reason: next(),
        removed: true as const,
        was: 'new' as const,
      })),
    ],
    model: {
      change: 'changed',
      base: { step: next(), digest: digest('1'), bytes: 1_000 },
      head: {
        step: next(),
        digest: digest('2'),
        bytes: Number.MAX_SAFE_INTEGER,
        latency: { singleRow: 1e300, perRowInBatch: 0.000001, batchRows: 71 },
      },
      inputsAdded: many(next),
      inputsRemoved: many(next),
    },
    metrics,
    heldOut: 'different',
    candidates: many(() => ({ step: next(), change: 'changed' as const, measured: metric() })),
    slices: many(() => ({
      column: next(),
      value: next(),
      rows: 12,
      metric: next(),
      head: number(-1e300),
      base: number(1e15),
      few: true as const,
    })),
    params: many(() => ({ name: next(), base: next(), head: next() })),
    features: many(() => ({ column: next(), base: next(), head: next() })),
    data: many(() => ({
      dataset: next(),
      change: 'changed' as const,
      rows: { base: 303, head: 320 },
      heldOutRows: 75,
      fingerprint: { base: digest('3'), head: digest('4') },
      files: { added: 1, removed: 0, changed: 2 },
      contract: {
        base: next(),
        head: next(),
        changed: true,
        verdict: 'fail' as const,
        checks: 40,
        broken: many(() => ({
          rule: next(),
          column: next(),
          severity: 'error' as const,
          verdict: 'fail' as const,
          expected: next(),
          failed: 3,
          before: 0,
          file: next(),
          line: 12,
          value: next(),
        })),
        rules: many(() => ({ rule: next(), column: next(), base: next(), head: next() })),
      },
      columns: many(() => ({ column: next(), change: 'changed' as const, details: [next(), next()] })),
      drift: {
        compared: 14,
        columns: many(() => ({ column: next(), psi: 0.31, floor: 0.05, level: 'strong' as const })),
      },
    })),
    steps: [
      { id: next(), status: 'failed', seconds: 1e300, needs: [], because: next(), change: 'added' },
      ...many(() => ({
        id: next(),
        status: 'ran' as const,
        seconds: 1.5,
        needs: [0],
        change: 'inputs' as const,
      })),
    ],
    removedSteps: many(next),
    curves: [
      {
        kind: 'roc',
        head: [
          [0, 0],
          [0.5, 1e300],
          [1, 1],
        ],
        base: [
          [0, -1e300],
          [0.5, 0.9],
          [1, 1],
        ],
      },
      {
        kind: 'residuals',
        head: [
          [0.01, -1e300],
          [0.5, 0],
          [0.99, 1e300],
        ],
      },
    ],
    problems: many(() => ({ file: next(), line: 1, column: 2, message: next(), level: 'error' as const })),
    notes: many(next),
    reproduce: { commit: run.commit, params: many(() => ({ name: next(), value: next() })) },
  };
}
