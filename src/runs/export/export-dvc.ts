import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RunRecord } from '../record.ts';
import { dvcFiles } from './dvc.ts';
import type { Exported, ExportOptions } from './export.ts';
import { exportIoFailed, nothingToExport } from './failures.ts';
import { besides, checkOutput, publishFile } from './write-whole.ts';

/**
 * Two files of one run, the newest of those asked for: DVC looks at one state of a project at a time. The folder may
 * hold other things; only files of these names are replaced.
 */
export async function exportDvc(options: ExportOptions): Promise<Result<Exported, readonly Failure[]>> {
  const { output, force, read } = options;
  let newest: RunRecord | undefined;
  const done = await read(async (record) => {
    newest ??= record;
  });
  if (!done.ok) return done;
  if (newest === undefined) return failed([nothingToExport()]);
  const files = dvcFiles(newest).map(({ path, text }) => ({ text, target: join(output, path) }));
  for (const { target } of files) {
    const free = await checkOutput(target, force, false);
    if (!free.ok) return failed([free.failure]);
  }
  const written: { readonly temporary: string; readonly target: string }[] = [];
  try {
    await mkdir(output, { recursive: true });
    for (const { target, text } of files) {
      const temporary = besides(target, 'tmp');
      written.push({ temporary, target });
      await writeFile(temporary, text, { flag: 'wx' });
    }
    for (const { temporary, target } of written) {
      const published = await publishFile(temporary, target, force);
      if (!published.ok) return failed([published.failure]);
    }
    return success({ to: 'dvc', output, runs: 1, formulas: [] });
  } catch (cause) {
    return failed([exportIoFailed(output, cause)]);
  } finally {
    for (const { temporary } of written) await rm(temporary, { force: true }).catch(() => undefined);
  }
}
