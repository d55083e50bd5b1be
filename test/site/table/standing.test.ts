import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingsOf } from '../../../site/runs/standing.ts';
import type { ListedModel, StandingVersion } from '../../../src/site/format/index.ts';

const stages = [{ name: 'staging' }, { name: 'production', from: 'staging' }];
const run = { pipeline: 'heart-disease', id: '20261121-101500-0a0b0c0d' as never };

function model(name: string, standing: Readonly<Record<string, StandingVersion>>): ListedModel {
  return { name, file: `models/${name}.json`, versions: 1, stages: standing, requests: 0, problems: 0 };
}

const at = (version: string, of: StandingVersion['run'] = run): StandingVersion => ({
  ...{ version, since: '2026-11-21T10:15:00Z' },
  ...(of === undefined ? {} : { run: of }),
});

describe('runs whose models stand in stages', () => {
  it('have the furthest of their stages, and say all', () => {
    const standings = standingsOf({
      stages,
      models: [model('heart-disease', { production: at('v1.0.0'), staging: at('v1.0.0') })],
    });
    expect([...standings]).toEqual([
      [
        'heart-disease/20261121-101500-0a0b0c0d',
        expect.objectContaining({
          stage: 'production',
          model: 'heart-disease',
          because: 'heart-disease v1.0.0 stands in staging, production',
        }),
      ],
    ]);
  });

  it('may have made two models, of which the one that came furthest is shown', () => {
    const models = [model('a', { staging: at('v2.0.0') }), model('b', { production: at('v1.0.0') })];
    for (const ordered of [models, models.toReversed()]) {
      const [mark] = standingsOf({ stages, models: ordered }).values();
      expect(mark).toMatchObject({ stage: 'production', model: 'b' });
      expect(mark!.because.split('; ').toSorted()).toEqual([
        'a v2.0.0 stands in staging',
        'b v1.0.0 stands in production',
      ]);
    }
  });

  it('are no runs of versions that another tool made', () => {
    const made = { ...at('v0.1.0'), run: undefined } as unknown as StandingVersion;
    expect(standingsOf({ stages, models: [model('churn', { staging: made })] }).size).toBe(0);
  });

  it('stand in stages of any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, stage) => {
        const standing = Object.fromEntries([[stage, at('v1.0.0')]]);
        const [mark] = standingsOf({ stages, models: [model(name, standing)] }).values();
        expect(mark).toMatchObject({ stage, model: name });
      }),
    );
  });
});
