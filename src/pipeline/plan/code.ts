import { readFileSync } from 'node:fs';
import { packageFile } from '../../base/index.ts';
import type { StepRequest } from '../../steps/index.ts';
import { stepCode } from '../../steps/index.ts';
import type { Inputs } from './fingerprint.ts';

/** Versions of what does the work; parameters, so that a plan is the same wherever it is made. */
export interface Machine {
  /** Of the native packages, exact. */
  readonly engines: { readonly duckdb: string; readonly onnxruntime: string };
  /** Operating system and processor: `linux-x64`. */
  readonly platform: string;
}

/** What the code of a built-in step adds to its fingerprint. */
export function codeInputs(uses: StepRequest['uses'], machine: Machine): Inputs {
  const { version, engines } = stepCode[uses];
  return {
    [`code:${uses}`]: { value: version },
    ...Object.fromEntries(engines.map((engine) => [`code:${engine}`, { value: machine.engines[engine] }])),
    // ONNX Runtime adds in another order on other processors: last digits of metrics differ.
    ...(engines.includes('onnxruntime') ? { platform: { value: machine.platform } } : {}),
  };
}

/** Of this installation: its native packages are pinned exactly in its package.json. */
export function thisMachine(): Machine {
  const file = packageFile('package.json');
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return {
    engines: {
      duckdb: dependencies['@duckdb/node-api'] ?? 'unknown',
      onnxruntime: dependencies['onnxruntime-node'] ?? 'unknown',
    },
    platform: `${process.platform}-${process.arch}`,
  };
}
