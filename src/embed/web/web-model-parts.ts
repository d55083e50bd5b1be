import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import { outputRoles, readModel, repairModel } from '../../onnx/index.ts';
import type { ServableManifest } from '../../servable/index.ts';
import { checkGolden, modelFile, openServable } from '../../servable/index.ts';
import type { WebDescription } from './description.ts';

/** What of a servable goes into a page. */
export interface WebModelParts {
  readonly manifest: ServableManifest;
  readonly description: WebDescription;
  /** As it is run in the page. */
  readonly bytes: Uint8Array;
  /** What had to be repaired of the model, for people. */
  readonly repairs: readonly string[];
}

/** Reads a servable, whose golden requests must be answered as they were when it was written. */
export async function webModelParts(folder: string): Promise<Result<WebModelParts, Failure>> {
  const opened = await openServable(folder);
  if (!opened.ok) return opened;
  await using servable = opened.value;
  const golden = await checkGolden(servable);
  if (!golden.ok) return golden;
  const { manifest } = servable;
  const repaired = repairModel(await readFile(join(folder, modelFile)));
  if (!repaired.ok) return repaired;
  const { bytes, repairs } = repaired.value;
  const info = readModel(bytes);
  if (!info.ok) return failed(info.failure);
  const description: WebDescription = {
    model: manifest.model,
    version: manifest.modelVersion,
    sha256: digestOfBytes(bytes).slice('sha256:'.length),
    columns: manifest.columns,
    info: info.value,
    roles: outputRoles(info.value),
  };
  return success({ manifest, description, bytes, repairs });
}
