import { digestOfBytes } from '../../../../src/base/index.ts';
import type { RunRecord, StepRecord } from '../../../../src/runs/index.ts';

/** Markup, addresses of scripts, templates, text that runs the other way, and words without an end. */
export const hostile = `<img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</script> {{ broken = 1 }} javascript:alert(1) \u202eevil\u202c ${'W'.repeat(300)}`;

/** A real record with hostile text wherever a record has text, many steps and large tables. */
export function hostileRecord(real: RunRecord, id: string): RunRecord {
  const text = (name: string): string => `${name} ${hostile}`;
  const classes = Array.from({ length: 40 }, (_, i) => (i === 3 ? text('class') : `class ${i}`));
  const matrix = Array.from(
    { length: 120 },
    (_, i): StepRecord => ({
      ...real.steps[2]!,
      id: `train[${i}, ${i % 7 === 0 ? hostile : 'deep'}]`,
      step: 'train',
      matrix: { estimator: hostile, depth: i, rate: 0.1, flag: i % 2 === 0, nothing: null },
      needs: ['validate'],
      status: i === 50 ? ('failed' as const) : ('ran' as const),
      ...(i === 50 ? { failure: { code: 'pipeline-command-failed', message: text('failure') } } : {}),
    }),
  );
  const chain = Array.from(
    { length: 78 },
    (_, i): StepRecord => ({
      ...real.steps[2]!,
      id: i === 5 ? hostile : `step-${i}`,
      step: i === 5 ? hostile : `step-${i}`,
      matrix: {},
      needs: i === 0 ? [matrix[0]!.id] : [i === 6 ? hostile : `step-${i - 1}`, 'validate', 'nobody'],
      status: (['ran', 'cached', 'skipped', 'cancelled', 'rejected'] as const)[i % 5]!,
      because: text('because'),
      artifacts: [
        { name: '../../../etc/passwd', digest: real.models[0]!.digest, bytes: 10 },
        { name: `$(touch broken); ${hostile}`, digest: real.models[0]!.digest, bytes: 10 },
        { name: 'log', digest: digestOfBytes('nothing'), bytes: 10 },
      ],
      selfReported: { [hostile]: 1e300 },
    }),
  );
  const model = real.models[1]!;
  const evaluation = model.evaluation!;
  return {
    ...real,
    id,
    description: text('description'),
    trigger: { kind: 'manual', actor: text('actor') },
    status: 'failed',
    verdict: 'inconclusive',
    code: { commit: 'a'.repeat(40), branch: text('branch'), dirty: true },
    params: { [hostile]: hostile, nested: text('parameter'), empty: '', nothing: null, yes: true },
    data: Object.fromEntries(
      Object.entries(real.data).map(([, state]) => [
        hostile,
        {
          ...state,
          files: [{ ...state.files[0]!, path: `../${hostile}` }, ...state.files],
          contract: { ...state.contract!, file: `javascript:alert(1)//${hostile}`, version: text('version') },
          strata: [{ value: hostile, train: 0, heldOut: 0 }],
          checks: {
            ...state.checks!,
            verdict: 'fail' as const,
            checks: state.checks!.checks.map((check) => ({
              ...check,
              column: hostile,
              verdict: 'fail' as const,
              expected: hostile,
              failed: 3,
              examples: [{ file: hostile, row: 1, line: 2, value: hostile }],
            })),
          },
          profile: {
            ...state.profile!,
            columns: state.profile!.columns.map((column) => ({
              ...column,
              name: `${column.name} ${hostile}`,
              top: [{ value: hostile, count: 1 }],
            })),
          },
        },
      ]),
    ),
    steps: [...real.steps.slice(0, 2), ...matrix, ...chain],
    models: [
      ...real.models,
      {
        ...model,
        step: hostile,
        training: { [hostile]: hostile },
        signature: {
          inputs: [{ name: hostile, type: hostile, shape: [null, -1] }],
          outputs: [],
          opsets: { [hostile]: 1 },
        },
        evaluation: {
          ...evaluation,
          classes,
          positive: hostile,
          confusion: classes.map((_, i) => classes.map((__, j) => (i === j ? 50 : (i * j) % 7))),
          missing: { precision: hostile },
          metrics: { ...evaluation.metrics, [hostile]: { value: 1e21, low: -1e21, high: 1e22 } },
          slices: evaluation.slices.map((slice) => ({
            ...slice,
            column: hostile,
            value: `${slice.value} ${hostile}`,
          })),
          importance: evaluation.importance.map((each) => ({ ...each, column: `${each.column} ${hostile}` })),
        },
      },
    ],
    model: {
      ...real.model!,
      step: hostile,
      from: hostile,
      choice: { ...real.model!.choice!, step: hostile, note: text('note') },
    },
    gates: {
      verdict: 'fail',
      results: real.gates!.results.map((result) => ({
        ...result,
        gate: { ...result.gate, metric: hostile },
        reason: text('reason'),
      })),
      baselines: [{ name: hostile, origin: `run 20260101-000000-00000000 ${hostile}`, problem: hostile }],
    },
    environment: { ...real.environment, node: hostile },
  };
}
