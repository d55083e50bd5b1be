import type { Failure, JsonScalar, Result, Verdict } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RunIndex } from '../../runs/index.ts';
import type { NewestRun, OverviewFile, PipelineFacts } from '../format/index.ts';
import { mainMetric, overviewFile, valueAt } from '../format/index.ts';
import type { SiteOutput } from '../output.ts';
import { isPipelineName } from '../runs/pipeline-name.ts';
import type { SiteSources } from '../sources.ts';

const newestRuns = 12;
const valuesOfLine = 40;

/** What the first page of a site says of runs: few bytes, however many runs there are. */
export async function writeOverview(
  { runs }: Pick<SiteSources, 'runs'>,
  output: SiteOutput,
): Promise<Result<void, readonly Failure[]>> {
  const made = await runs.askIndex(overviewOf);
  if (!made.ok) return failed([made.failure]);
  await output.put(overviewFile, JSON.stringify(made.value));
  return success(undefined);
}

export function overviewOf(index: RunIndex): OverviewFile {
  const rows = Array.from({ length: index.count }, (_, i) => index.count - 1 - i).filter(
    (row) => !index.isArchived(row) && isPipelineName(index.pipeline(row)),
  );
  const byPipeline = new Map<string, number[]>();
  for (const row of rows) {
    const known = byPipeline.get(index.pipeline(row));
    if (known === undefined) byPipeline.set(index.pipeline(row), [row]);
    else known.push(row);
  }
  return {
    version: 1,
    newest: rows.slice(0, newestRuns).map((row) => newestRun(index, row)),
    pipelines: [...byPipeline].map(([name, own]) => pipelineFacts(index, name, own)),
  };
}

function pipelineFacts(index: RunIndex, name: string, rows: readonly number[]): PipelineFacts {
  // Of the newest run that has one: a run that failed before it was measured does not hide those before it.
  const metric = mainMetric(index, rows);
  const values: PipelineFacts['values'][number][] = [];
  if (metric !== undefined) {
    for (const row of rows) {
      const value = cell(index, `metrics.${metric}`, row);
      if (typeof value !== 'number') continue;
      values.push({ id: index.id(row), value, verdict: cell(index, 'verdict', row) as Verdict });
      if (values.length === valuesOfLine) break;
    }
  }
  return {
    name,
    runs: rows.length,
    newest: newestRun(index, rows[0]!),
    ...(metric === undefined ? {} : { metric }),
    values: values.reverse(),
  };
}

function newestRun(index: RunIndex, row: number): NewestRun {
  const name = cell(index, 'metric', row);
  const value = cell(index, `metrics.${name}`, row);
  const low = cell(index, `low.${name}`, row);
  const high = cell(index, `high.${name}`, row);
  return {
    pipeline: index.pipeline(row),
    id: index.id(row),
    startedAt: new Date(cell(index, 'started', row) as number).toISOString(),
    seconds: cell(index, 'seconds', row) as number,
    status: cell(index, 'status', row) as NewestRun['status'],
    verdict: cell(index, 'verdict', row) as Verdict,
    ...(typeof name === 'string' && typeof value === 'number'
      ? {
          metric: {
            name,
            value,
            low: typeof low === 'number' ? low : value,
            high: typeof high === 'number' ? high : value,
          },
        }
      : {}),
    tags: index.notes(index.id(row)).tags,
  };
}

function cell(index: RunIndex, field: string, row: number): JsonScalar | undefined {
  return valueAt(index.column(field), row);
}
