import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RunId } from '../runs/index.ts';
import type { VersionName } from './event.ts';
import type { RegistryFailure } from './failures.ts';
import { referenceInvalid } from './failures.ts';

/** How a model is named after a verb. */
export type ModelReference =
  /** `heart-disease`: its newest version that is registered and not archived; a pre-release only where there is no other. */
  | { readonly kind: 'latest'; readonly model: string }
  /** `heart-disease@v1.4.0` */
  | { readonly kind: 'version'; readonly model: string; readonly name: VersionName }
  /** `heart-disease#production` */
  | { readonly kind: 'stage'; readonly model: string; readonly stage: string }
  /** `run:20260301-120000-0123abcd`, or what else finds a run. */
  | { readonly kind: 'run'; readonly run: RunId | string }
  /** `models/heart.onnx`, `./heart.onnx` */
  | { readonly kind: 'file'; readonly path: string };

export function parseReference(text: string): Result<ModelReference, RegistryFailure> {
  if (text.startsWith('run:')) {
    const run = text.slice('run:'.length);
    return run === '' ? failed(referenceInvalid(text, 'no run is named')) : success({ kind: 'run', run });
  }
  if (/\.onnx$/i.test(text) || /^\.{1,2}[\\/]/.test(text)) return success({ kind: 'file', path: text });
  const match = /^([^@#]+)(?:@([^@#]*)|#([^@#]*))?$/.exec(text);
  if (match === null)
    return failed(referenceInvalid(text, 'it has neither the form of a name nor of a path'));
  const [, model, name, stage] = match as unknown as [string, string, string | undefined, string | undefined];
  if (name !== undefined) {
    if (name === '') return failed(referenceInvalid(text, 'after "@" no version is named'));
    return success(name === 'latest' ? { kind: 'latest', model } : { kind: 'version', model, name });
  }
  if (stage === undefined) return success({ kind: 'latest', model });
  if (stage === '') return failed(referenceInvalid(text, 'after "#" no stage is named'));
  return success({ kind: 'stage', model, stage });
}
