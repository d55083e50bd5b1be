import type { Failure, Result } from '../../base/index.ts';
import type { Exported, ExportFormat, ExportOptions } from './export.ts';
import { exportDvc } from './export-dvc.ts';
import { exportMlflow } from './export-mlflow.ts';
import { exportTable } from './export-table.ts';

/** Writes runs in the form of another tool: whole, or not at all. */
export async function writeExport(
  to: ExportFormat,
  options: ExportOptions,
): Promise<Result<Exported, readonly Failure[]>> {
  switch (to) {
    case 'csv':
    case 'parquet':
      return await exportTable(to, options);
    case 'mlflow':
      return await exportMlflow(options);
    case 'dvc':
      return await exportDvc(options);
  }
}
