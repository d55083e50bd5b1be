import type { LearningSeries } from '../../train/index.ts';
import { learningSeries } from '../../train/index.ts';
import type { LearningFile } from '../format/index.ts';
import { jsonOf } from './curves.ts';

/** Names that people give to the number of a step, the first one that a line has counts. */
const stepNames = ['step', 'iteration', 'iter', 'round', 'epoch', 'tree'] as const;

/** Names of more series say nothing to anybody. */
const mostSeries = 24;

/**
 * The output `learning` of a step: the JSON that the built-in `train` step writes, or a line of JSON for each step
 * (`{"step": 1, "loss": 0.4}`), whose other numbers are series of their own. `undefined` when it is neither.
 */
export function learningFileOf(bytes: Uint8Array): LearningFile | undefined {
  const whole = jsonOf(bytes) as Partial<LearningFile> | undefined;
  if (whole !== undefined && Array.isArray(whole.series)) return fromSeries(whole);
  return fromLines(new TextDecoder().decode(bytes));
}

function fromSeries({ unit, series }: Partial<LearningFile>): LearningFile | undefined {
  const read = series!.slice(0, mostSeries).flatMap(({ name, steps, values }) => {
    if (!Array.isArray(steps) || !Array.isArray(values)) return [];
    const points = (values as unknown[]).flatMap((value, i): [number, number][] =>
      isNumber(steps[i]) && isNumber(value) ? [[steps[i] as number, value as number]] : [],
    );
    return [learningSeries(String(name).slice(0, 200), ascending(points))];
  });
  return { version: 1, unit: typeof unit === 'string' ? unit.slice(0, 40) : 'step', series: read };
}

function fromLines(text: string): LearningFile | undefined {
  const series = new Map<string, [number, number][]>();
  let unit: string | undefined;
  let lines = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const row = jsonOf(new TextEncoder().encode(line)) as Record<string, unknown> | undefined;
    if (typeof row !== 'object' || Array.isArray(row)) return undefined;
    lines++;
    const named = stepNames.find((name) => isNumber(row[name]));
    unit ??= named ?? 'step';
    const step = named === undefined ? lines : (row[named] as number);
    for (const [name, value] of Object.entries(row)) {
      if (name === named || !isNumber(value)) continue;
      const points = series.get(name) ?? [];
      if (points.length === 0 && series.size === mostSeries) continue;
      points.push([step, value as number]);
      series.set(name, points);
    }
  }
  if (unit === undefined) return undefined;
  const read: LearningSeries[] = [...series].map(([name, points]) =>
    learningSeries(name.slice(0, 200), ascending(points)),
  );
  return { version: 1, unit, series: read };
}

function ascending(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  return [...points].sort((a, b) => a[0] - b[0]);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}
