import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { isSafePath } from '../reproduction/safe-path.ts';
import type { Exported, ExportOptions } from './export.ts';
import { exportIoFailed, nothingToExport } from './failures.ts';
import { endOf } from './flat-run.ts';
import type { ExportedFile } from './mlflow.ts';
import { experimentFile, experimentId, runFiles } from './mlflow.ts';
import { besides, checkOutput, makeParent, markerFile, publishFolder } from './write-whole.ts';

/** A folder that MLflow opens as a tracking store. It is made beside the output and gets its name when it is whole. */
export async function exportMlflow(options: ExportOptions): Promise<Result<Exported, readonly Failure[]>> {
  const { output, force, read } = options;
  const free = await checkOutput(output, force, true);
  if (!free.ok) return failed([free.failure]);
  const temporary = besides(output, 'tmp');
  const root = pathToFileURL(`${output}/`);
  const spans = new Map<string, { first: Date; last: Date }>();
  let runs = 0;
  try {
    await makeParent(output);
    await mkdir(temporary);
    const done = await read(async (record) => {
      runs++;
      const [start, end] = [new Date(record.startedAt), endOf(record)];
      const known = spans.get(record.pipeline) ?? { first: start, last: end };
      spans.set(record.pipeline, {
        first: start < known.first ? start : known.first,
        last: end > known.last ? end : known.last,
      });
      const folder = join(temporary, experimentId(record.pipeline), record.id);
      // MLflow expects all of them, also when there is nothing in them.
      for (const name of ['params', 'metrics', 'tags', 'artifacts'])
        await mkdir(join(folder, name), { recursive: true });
      await writeAll(temporary, runFiles(record, root));
    });
    if (!done.ok) return done;
    if (runs === 0) return failed([nothingToExport()]);
    for (const [pipeline, span] of spans) await writeAll(temporary, [experimentFile(pipeline, span, root)]);
    await writeFile(join(temporary, markerFile), 'Written by "trainyard runs export --to mlflow".\n');
    const published = await publishFolder(temporary, output);
    if (!published.ok) return failed([published.failure]);
    return success({ to: 'mlflow', output, runs, formulas: [] });
  } catch (cause) {
    return failed([exportIoFailed(output, cause)]);
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function writeAll(folder: string, files: readonly ExportedFile[]): Promise<void> {
  await Promise.all(
    files.map(async ({ path, text }) => {
      // Names of parameters, metrics and datasets are those of a record, which anybody may have written.
      if (!isSafePath(path)) throw new Error(`${JSON.stringify(path)} cannot be the name of a file in it`);
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { flag: 'wx' });
    }),
  );
}
