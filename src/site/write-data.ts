import type { Failure, Result } from '../base/index.ts';
import { success, version } from '../base/index.ts';
import { writeComparisons } from './compare/write-compare.ts';
import { writeDatasets } from './data/write-datasets.ts';
import type { SiteFile } from './format/index.ts';
import { siteFile } from './format/index.ts';
import { writeLogs } from './logs/write-logs.ts';
import { writeModels } from './models/write-models.ts';
import { siteOutput } from './output.ts';
import { writeOverview } from './overview/write-overview.ts';
import { writeRuns } from './runs/write-runs.ts';
import type { SiteSettings } from './shell/settings.ts';
import type { SiteSources } from './sources.ts';

export interface DataWrite {
  readonly sources: SiteSources;
  readonly settings: SiteSettings;
  /** `data/` of a site; absolute. */
  readonly folder: string;
  readonly now: Date;
  /** What is being done, for people who wait. */
  readonly progress: (doing: string) => void;
}

export interface DataReport {
  readonly runs: { readonly total: number; readonly added: number };
  readonly models: number;
  readonly datasets: number;
  /** What is left out of the site, and why, for people. */
  readonly missing: readonly string[];
}

const noRepository = 'models: they are tags of a Git repository, and this folder is in none';

/** Writes what the pages of a site read. What is there from an earlier time is used again. */
export async function writeData({
  sources,
  settings,
  folder,
  now,
  progress,
}: DataWrite): Promise<Result<DataReport, readonly Failure[]>> {
  const output = siteOutput(folder);
  progress('models');
  const models = await writeModels(sources, output);
  if (!models.ok) return models;
  progress('data');
  const datasets = await writeDatasets(sources, output);
  if (!datasets.ok) return datasets;
  progress('runs');
  const runs = await writeRuns(sources, output);
  if (!runs.ok) return runs;
  progress('comparisons');
  const comparisons = await writeComparisons(sources, output);
  if (!comparisons.ok) return comparisons;
  const logs = await writeLogs(sources, output);
  if (!logs.ok) return logs;
  const overview = await writeOverview(sources, output);
  if (!overview.ok) return overview;
  const { title, description, repository, commit } = settings;
  const about: SiteFile = {
    version: 1,
    title,
    ...(description === undefined ? {} : { description }),
    ...(repository === undefined ? {} : { repository }),
    ...(commit === undefined ? {} : { commit }),
    builtAt: now.toISOString(),
    trainyard: version(),
    runs: runs.value.total,
    models: models.value.total,
    datasets: datasets.value.total,
  };
  await output.put(siteFile, `${JSON.stringify(about)}\n`);
  return success({
    runs: runs.value,
    models: models.value.total,
    datasets: datasets.value.total,
    missing: [
      ...(sources.repository === undefined ? [noRepository] : []),
      ...models.value.missing,
      ...datasets.value.missing,
      ...runs.value.missing,
      ...comparisons.value.missing,
    ],
  });
}
