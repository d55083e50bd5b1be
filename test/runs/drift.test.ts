import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { ColumnProfile, DataProfile } from '../../src/data/index.ts';
import { diffFeatures, profileDrift } from '../../src/runs/index.ts';

const levels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

function profileOfNumbers(values: readonly number[], nulls = 0): ColumnProfile {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (level: number): number => {
    const place = level * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return low + (place - Math.floor(place)) * (high - low);
  };
  const [minimum, maximum] = [sorted[0]!, sorted.at(-1)!];
  const edges = Array.from({ length: 21 }, (_, i) => minimum + (i * (maximum - minimum)) / 20);
  const counts = edges
    .slice(1)
    .map((edge, i) => sorted.filter((x) => x >= edges[i]! && (x < edge || i === 19)).length);
  return {
    name: 'x',
    type: 'number',
    nulls,
    distinct: new Set(values).size,
    numbers: {
      mean: 0,
      standardDeviation: 1,
      minimum,
      maximum,
      quantiles: levels.map(at),
      histogram: { edges, counts },
    },
  };
}

function profileOfTexts(counts: Readonly<Record<string, number>>): ColumnProfile {
  const top = Object.entries(counts).map(([value, count]) => ({ value, count }));
  return { name: 'x', type: 'string', nulls: 0, distinct: top.length, top };
}

const data = (column: ColumnProfile, rows: number): DataProfile => ({ rows, columns: [column] });

function normal(random: () => number, shift: number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) + shift;
}

/** Of values themselves over the same bins: what the profile's is an estimate of. */
function exactIndex(base: readonly number[], head: readonly number[]): number {
  const sorted = base.toSorted((a, b) => a - b);
  const edges = [0.05, 0.25, 0.5, 0.75, 0.95].map(
    (level) => sorted[Math.round(level * (sorted.length - 1))]!,
  );
  const shares = (values: readonly number[]): readonly number[] =>
    [...edges, Number.POSITIVE_INFINITY].map(
      (edge, i) =>
        (values.filter((x) => x <= edge && (i === 0 || x > edges[i - 1]!)).length + 0.5) / values.length,
    );
  const [a, b] = [shares(base), shares(head)];
  return a.reduce((sum, share, i) => sum + (b[i]! - share) * Math.log(b[i]! / share), 0);
}

describe('drift between two profiles', () => {
  test('of samples of one distribution is hardly ever told, and of one that moved always', () => {
    const random = seededRandom(5);
    let alarms = 0;
    for (let trial = 0; trial < 200; trial++) {
      const [base, head, moved] = [0, 0, 0.8].map((shift) =>
        Array.from({ length: 300 }, () => normal(random, shift)),
      );
      const before = data(profileOfNumbers(base!), 300);
      alarms += profileDrift(before, data(profileOfNumbers(head!), 300)).columns.length;
      const told = profileDrift(before, data(profileOfNumbers(moved!), 300)).columns;
      expect(told).toMatchObject([{ column: 'x', level: 'strong' }]);
    }
    expect(alarms).toBeLessThanOrEqual(2);
  });

  test('is near the index of the values themselves', () => {
    const random = seededRandom(6);
    for (const shift of [0.4, 0.8, 1.5]) {
      const base = Array.from({ length: 5_000 }, () => normal(random, 0));
      const head = Array.from({ length: 5_000 }, () => normal(random, shift));
      const [found] = profileDrift(
        data(profileOfNumbers(base), 5_000),
        data(profileOfNumbers(head), 5_000),
      ).columns;
      expect(found!.psi / exactIndex(base, head)).toBeCloseTo(1, 0);
      expect(Math.abs(found!.psi / exactIndex(base, head) - 1)).toBeLessThan(0.15);
    }
  });

  test('of values and of what is missing counts as well', () => {
    const before = data(profileOfTexts({ a: 500, b: 500 }), 1_000);
    expect(profileDrift(before, data(profileOfTexts({ a: 480, b: 520 }), 1_000)).columns).toEqual([]);
    expect(profileDrift(before, data(profileOfTexts({ a: 800, c: 200 }), 1_000)).columns).toMatchObject([
      { level: 'strong' },
    ]);
    const numbers = Array.from({ length: 1_000 }, (_, i) => i);
    const [missing] = profileDrift(
      data(profileOfNumbers(numbers), 1_000),
      data(profileOfNumbers(numbers.slice(0, 700), 300), 1_000),
    ).columns;
    expect(missing?.level).toBe('strong');
  });

  test('is not judged on few rows, and never of personal data', () => {
    const few = profileDrift(data(profileOfTexts({ a: 150 }), 150), data(profileOfTexts({ b: 900 }), 900));
    expect(few).toMatchObject({ compared: 0, because: expect.stringContaining('150 rows'), columns: [] });
    const personal: ColumnProfile = { name: 'x', type: 'string', nulls: 0, personal: true };
    expect(profileDrift(data(personal, 900), data(personal, 900))).toEqual({ compared: 0, columns: [] });
  });
});

describe('features of two pipelines', () => {
  test('differ by column, in words', () => {
    const base = [{ columns: ['a', 'b'], scale: 'standard' as const }, { columns: ['c'] }];
    const head = [
      { columns: ['a'], scale: 'standard' as const, impute: 'median' as const },
      { columns: ['b'], scale: 'standard' as const },
      { columns: ['d'], indicator: true },
    ];
    expect(diffFeatures(base, head)).toEqual([
      { column: 'a', base: 'scale standard', head: 'impute median, scale standard' },
      { column: 'd', head: 'indicator' },
      { column: 'c', base: 'as it is' },
    ]);
  });
});
