import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, packageFile, success } from '../../base/index.ts';
import type { EmbedFailure } from '../failures.ts';
import { runtimeMissing, runtimeOther } from '../failures.ts';

/** The version that the tests of the bundle run with. */
const tested = '1.30.0';

/** Of ONNX Runtime for browsers, what a page without WebGPU, threads and bundlers needs: the module and the program. */
export const onnxRuntimeFiles = {
  module: 'ort.wasm.bundle.min.mjs',
  program: 'ort-wasm-simd-threaded.wasm',
} as const;

export interface RuntimeFiles {
  readonly version: string;
  /** Absolute. */
  readonly module: string;
  readonly program: string;
}

/** The installed onnxruntime-web: an optional peer of this package, or of the project of whoever exports. */
export function findOnnxRuntime(cwd: string): Result<RuntimeFiles, EmbedFailure> {
  const folder = [packageFile('package.json'), join(cwd, 'package.json')]
    .map((from) => folderOf(from))
    .find((found) => found !== undefined);
  if (folder === undefined) return failed(runtimeMissing(tested));
  const files = {
    module: join(folder, onnxRuntimeFiles.module),
    program: join(folder, onnxRuntimeFiles.program),
  };
  const absent = Object.values(files).find((path) => !existsSync(path));
  if (absent !== undefined) return failed(runtimeOther(absent.slice(folder.length + 1), tested));
  const { version } = createRequire(join(folder, 'x.js'))('../package.json') as { readonly version: string };
  return success({ version, ...files });
}

function folderOf(from: string | URL): string | undefined {
  try {
    return dirname(createRequire(from).resolve('onnxruntime-web'));
  } catch {
    return undefined;
  }
}
