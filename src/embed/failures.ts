import type { Failure } from '../base/index.ts';

export type EmbedFailure = Failure<
  'embed-runtime-missing' | 'embed-runtime-other' | 'embed-folder-taken' | 'embed-unwritable'
>;

export function runtimeMissing(version: string): EmbedFailure {
  return {
    code: 'embed-runtime-missing',
    kind: 'input',
    message: 'onnxruntime-web is not installed: the bundle needs its files',
    remedy: `npm install onnxruntime-web@${version}`,
  };
}

export function runtimeOther(what: string, version: string): EmbedFailure {
  return {
    code: 'embed-runtime-other',
    kind: 'input',
    message: `The onnxruntime-web that is installed has no ${what}`,
    remedy: `Install the version that this Trainyard was tested with: npm install onnxruntime-web@${version}`,
  };
}

export function folderTaken(folder: string): EmbedFailure {
  return {
    code: 'embed-folder-taken',
    kind: 'input',
    message: `${folder} is there already, and holds what no export wrote`,
    remedy: 'Name another folder after `--output`, or one with nothing but an export: that is replaced.',
  };
}

export function embedUnwritable(folder: string, cause: unknown): EmbedFailure {
  return {
    code: 'embed-unwritable',
    kind: 'world',
    message: `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Look at the rights of the folder above it and the space on the disk.',
    cause,
  };
}
