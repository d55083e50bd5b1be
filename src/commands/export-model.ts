import { resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import type { WebExportReport } from '../embed/index.ts';
import { exportWeb, planWebExport } from '../embed/index.ts';
import type { Effects } from './effects.ts';
import { servableFolder } from './predict.ts';

export interface ExportModelOptions {
  /** Reference of a model, or the folder of a servable. */
  readonly model: string;
  /** `web`: a folder for browsers. */
  readonly to: 'web';
  readonly output: string;
}

export type ExportModelEffects = Pick<Effects, 'cwd' | 'env' | 'signal'>;

/** Writes a model in a form that an application embeds. */
export async function exportModel(
  { model, output }: ExportModelOptions,
  effects: ExportModelEffects,
): Promise<Result<WebExportReport, readonly Failure[]>> {
  const servable = await servableFolder(model, effects);
  if (!servable.ok) return servable;
  return await exportWeb({
    servable: servable.value,
    folder: resolve(effects.cwd, output),
    cwd: effects.cwd,
  });
}

/** What `exportModel` would write. */
export async function planExport(
  { model, output }: ExportModelOptions,
  effects: ExportModelEffects,
): Promise<Result<Omit<WebExportReport, 'files' | 'bytes'>, readonly Failure[]>> {
  const servable = await servableFolder(model, effects);
  if (!servable.ok) return servable;
  return await planWebExport({
    servable: servable.value,
    folder: resolve(effects.cwd, output),
    cwd: effects.cwd,
  });
}
