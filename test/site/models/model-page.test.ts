import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../../site/models/commands.ts';
import { firstVersion } from '../../../site/models/first-version.ts';
import {
  barsOf,
  fieldMoment,
  fieldText,
  lanesOf,
  ticksOf,
  wholeRange,
} from '../../../site/models/timeline.ts';
import type { ModelFile, StageSpan, VersionFacts } from '../../../src/site/format/index.ts';
import { spansOf } from '../../../src/site/format/index.ts';

const version = (name: string, more: Partial<VersionFacts> = {}): VersionFacts =>
  ({
    version: name,
    digest: `sha256:${'1'.repeat(64)}`,
    archived: false,
    stages: [],
    ...more,
  }) as VersionFacts;
const stage = (name: string, now?: string): ModelFile['stages'][number] =>
  ({
    name,
    declared: true,
    ...(now === undefined ? {} : { now: { version: now, since: '', tag: '' } }),
  }) as ModelFile['stages'][number];
const assigned = (name: string, at = '2026-01-01T00:00:00Z'): ModelFile['events'][number] =>
  ({ kind: 'assign', stage: 'production', name, at, tag: `${name} ${at}`, cause: 'promotion' }) as never;

describe('the page of a model', () => {
  it('opens at what stands in production, else at the last stage that has one, else at the newest release', () => {
    const versions = [version('v3.0.0-rc.1'), version('v2.0.0'), version('v1.0.0'), version('v0.1.0')];
    const opened = (...stages: ModelFile['stages']): string | undefined =>
      firstVersion({ versions, stages })?.version;
    expect(opened(stage('staging', 'v2.0.0'), stage('production', 'v1.0.0'), stage('eu', 'v0.1.0'))).toBe(
      'v1.0.0',
    );
    expect(opened(stage('dev', 'v2.0.0'), stage('staging', 'v0.1.0'), stage('production'))).toBe('v0.1.0');
    expect(opened(stage('staging'), stage('production'))).toBe('v2.0.0');
    expect(opened(stage('production', 'v9.9.9'))).toBe('v2.0.0');
    expect(firstVersion({ versions: [], stages: [] })).toBeUndefined();
    expect(firstVersion(undefined)).toBeUndefined();
  });

  it('offers no command that nothing stands there for', () => {
    const verbs = (stages: ModelFile['stages']): readonly string[] =>
      commandsOf({ name: 'm', stages }, version('v2.0.0')).map(([, command]) => command.split(' ')[1]!);
    const nothing = verbs([stage('production')]);
    expect(nothing).not.toContain('rollback');
    expect(nothing).not.toContain('deploy');
    expect(nothing.filter((verb) => verb === 'serve')).toHaveLength(1);
    const first = verbs([stage('production', 'v2.0.0')]);
    expect(first).toContain('deploy');
    expect(first).not.toContain('rollback');
    expect(first).not.toContain('promote');
    const second = verbs([{ ...stage('production', 'v1.0.0'), before: 'v0.9.0' }]);
    expect(second).toContain('rollback');
    expect(second).toContain('promote');
  });

  it('quotes hostile names in commands', () => {
    const commands = commandsOf(
      { name: '$(reboot)', stages: [{ ...stage('$(halt)'), before: '$(reboot)' }] },
      version("v1'; rm"),
    );
    for (const [, command] of commands) expect(command).not.toMatch(/[^'"]\$\(|[^']; rm$/);
  });
});

describe('the time line', () => {
  const span = (from: number, to: number): StageSpan =>
    ({ stage: 's', version: 'v', from, to, by: { tag: `${from}` } }) as unknown as StageSpan;

  it('draws no bar too narrow to be seen, none over another, and all of them inside', () => {
    const times = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (moments, least) => {
        const sorted = moments.toSorted((a, b) => a - b);
        const spans = sorted.slice(1).map((to, i) => span(sorted[i]!, to));
        const bars = barsOf(spans, { range: { from: 0, to: 1000 }, now: 1000, least });
        expect(bars).toHaveLength(spans.length);
        const size = Math.min(least, 1 / spans.length);
        let end = -1e-9;
        for (const { left, width } of bars) {
          expect(left).toBeGreaterThanOrEqual(end - 1e-9);
          expect(width).toBeGreaterThanOrEqual(size - 1e-9);
          end = left + width;
        }
        expect(end).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('leaves bars that are wide enough where they are', () => {
    const [one, two] = barsOf([span(0, 500), span(500, 1000)], {
      range: { from: 0, to: 1000 },
      now: 1000,
      least: 0.02,
    });
    expect([one!.left, one!.width, two!.left, two!.width]).toEqual([0, 0.5, 0.5, 0.5]);
  });

  it('stands whatever moments tags and addresses say', () => {
    for (const at of ['2026-06-30T23:59:60Z', 'never', '', '9999-12-31T23:59:59Z']) {
      const file = {
        events: [assigned('v1.0.0', at)],
        stages: [stage('production', 'v1.0.0')],
      } as unknown as ModelFile;
      for (const { from, to } of spansOf(file)) {
        expect(new Date(from).toISOString()).toBeTypeOf('string');
        expect(to).toBeUndefined();
      }
      const range = wholeRange(lanesOf(file), Date.UTC(2026, 0));
      expect(ticksOf(range, 9).length).toBeLessThan(12);
    }
    expect(fieldMoment('0202-03-15T02:41')).toBeUndefined();
    expect(fieldMoment('')).toBeUndefined();
    expect(fieldMoment('2025-03-15T02:41')).toBe(Date.UTC(2025, 2, 15, 2, 41));
    expect(fieldText(8.64e15 * 2)).toBe('9999-12-31T00:00:00');
    expect(fieldText(-8.64e15 * 2)).toBe('1000-01-01T00:00:00');
    expect(ticksOf({ from: Date.UTC(1000, 0), to: Date.UTC(9999, 0) }, 9).length).toBeLessThan(12);
  });
});
