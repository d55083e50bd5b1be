import type { Digest, Failure } from '../base/index.ts';

export type ServableFailure = Failure<
  | 'servable-unreadable'
  | 'servable-invalid'
  | 'servable-digest'
  | 'servable-golden'
  | 'servable-contract-missing'
  | 'servable-unwritable'
>;

export function servableUnreadable(folder: string, cause: unknown): ServableFailure {
  return {
    code: 'servable-unreadable',
    kind: 'input',
    message: `${folder} cannot be read as a servable: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Name a folder with model.onnx and model.json, as `trainyard build` writes it.',
    cause,
  };
}

export function servableInvalid(folder: string, because: string): ServableFailure {
  return {
    code: 'servable-invalid',
    kind: 'input',
    message: `${folder}/model.json is no description of a servable: ${because}`,
    remedy: 'Write it again with this version of Trainyard.',
  };
}

export function servableDigest(folder: string, expected: Digest, found: Digest): ServableFailure {
  return {
    code: 'servable-digest',
    kind: 'input',
    message: `${folder}/model.onnx is ${found}, and model.json is about ${expected}`,
    remedy: 'The bytes are not those that were evaluated: do not serve them. Write the folder again.',
  };
}

export function servableGolden(model: string, row: number, because: string): ServableFailure {
  return {
    code: 'servable-golden',
    kind: 'verdict',
    message: `${model} answers golden request ${row} differently than when it was packed: ${because}`,
    remedy:
      'The model and the runtime that loads it do not fit together: it is not served. Compare the versions of ONNX Runtime.',
  };
}

export function contractMissing(model: string, file: string, digest: Digest): ServableFailure {
  return {
    code: 'servable-contract-missing',
    kind: 'input',
    message: `The contract ${file} (${digest}) that ${model} was trained under is neither in the store, nor in its commit, nor in the work tree`,
    remedy: 'Fetch the commit of its run, or share the store that the run wrote to.',
  };
}

export function servableUnwritable(folder: string, cause: unknown): ServableFailure {
  return {
    code: 'servable-unwritable',
    kind: 'world',
    message: `${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: 'Look at the rights of the folder and the space on the disk.',
    cause,
  };
}
