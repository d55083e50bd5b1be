import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ModelsFile, OverviewFile } from '../../../src/site/format/index.ts';
import type { RunSite } from './rig/run-site.ts';
import { openRunSite } from './rig/run-site.ts';

let site: RunSite;
beforeAll(async () => {
  site = await openRunSite(inject('siteDemo'));
}, 400_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe('the first page', () => {
  it('says what stands in production, what ran, and how the data is', async () => {
    const text = await site.looksRight('', 'overview-demo');
    expect(text).toMatch(/production[\s\S]*v1\.0\.0 since/);
    expect(text).toContain('40 of 40 checks hold');
    expect(text).toContain(site.runs[0]!.id);
  });

  it('says that nothing is in production yet, and how a version comes there', async () => {
    const models = await site.data<ModelsFile>('models.json');
    const { production: _, ...stages } = models.models[0]!.stages;
    await site.write('models.json', { ...models, models: [{ ...models.models[0]!, stages }] });
    const text = await site.looksRight('', 'overview-staged');
    expect(text).toContain('Nothing is in production yet');
    expect(text).toContain('trainyard promote heart-disease@v1.0.0 --to production');
    expect(text).toMatch(/\bproduction\b[\s\S]*nothing yet/);
    await site.write('models.json', models);
  });

  it('is of use with fifty pipelines', async () => {
    const overview = await site.data<OverviewFile>('overview.json');
    const one = overview.pipelines[0]!;
    const pipelines = Array.from({ length: 50 }, (_, i) => ({
      ...one,
      name: i === 7 ? `long-${'name-'.repeat(30)}end` : `pipeline-${i}`,
      newest: { ...one.newest, verdict: (['pass', 'fail', 'inconclusive'] as const)[i % 3]! },
      values: Array.from({ length: 40 }, (__, j) => ({
        id: one.newest.id,
        value: 0.9 + 0.05 * Math.sin(i + j / 3),
        verdict: j % 9 === 0 ? ('fail' as const) : ('pass' as const),
      })),
    }));
    await site.write('overview.json', { ...overview, pipelines });
    const text = await site.looksRight('', 'overview-fifty');
    expect(text).toContain('All 50 pipelines');
  });

  it('tells how to begin when nothing has run', async () => {
    await site.write('overview.json', { version: 1, newest: [], pipelines: [] });
    await site.write('models.json', { version: 1, stages: [], models: [] });
    await site.write('datasets.json', { version: 1, datasets: [] });
    const text = await site.looksRight('', 'overview-empty');
    expect(text).toContain('No run is recorded yet');
    expect(text).toContain('trainyard init');
  });
});
