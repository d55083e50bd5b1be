import type { ExportModelOptions } from '../../commands/index.ts';
import { exportModel, planExport } from '../../commands/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface ExportVerbOptions extends ExportModelOptions, CommonOptions {
  readonly dryRun?: boolean;
}

export async function exportVerb(console: Console, options: ExportVerbOptions): Promise<void> {
  const effects = effectsOf(console, options);
  if (options.dryRun === true) {
    const plan = await planExport(options, effects);
    if (!plan.ok) return fail(console, options, plan.failure);
    const { model, modelVersion, onnxRuntime, folder } = plan.value;
    if (options.json === true) printJson(console, plan.value);
    else
      console.out(
        `${visible(`${model} ${modelVersion} with onnxruntime-web ${onnxRuntime} would be ${folder}`)}\n`,
      );
    return;
  }
  const done = await exportModel(options, effects);
  if (!done.ok) return fail(console, options, done.failure);
  if (options.json === true) return printJson(console, done.value);
  const { model, modelVersion, folder, files, bytes, onnxRuntime, repairs } = done.value;
  const width = Math.max(...files.map(({ path }) => path.length));
  const lines = [
    ...files.map((file) => `  ${file.path.padEnd(width)}  ${kilobytes(file.bytes)}`),
    `${model} ${modelVersion} with onnxruntime-web ${onnxRuntime}, ${kilobytes(bytes)}: ${folder}`,
    ...repairs.map((repair) => `Note: ${repair}.`),
  ];
  console.out(`${lines.map(visible).join('\n')}\n`);
}

function kilobytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
