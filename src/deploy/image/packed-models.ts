import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Digest, Failure, Result } from '../../base/index.ts';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import type { ServableManifest } from '../../servable/index.ts';
import {
  checkGolden,
  manifestFile,
  modelFile,
  openServable,
  servableUnreadable,
} from '../../servable/index.ts';
import type { PlannedVersion, ServingPlan } from '../../serve/index.ts';
import type { ImageModel } from './built-image.ts';
import type { TarEntry } from './tar.ts';

interface PackedRequest {
  readonly plan: ServingPlan;
  readonly provenance: (model: string, version: string) => ImageModel['provenance'];
}

/** Reads every version of a plan, holds its bytes against its description, and asks its golden requests. */
export async function packedModels({
  plan,
  provenance,
}: PackedRequest): Promise<
  Result<{ readonly models: readonly ImageModel[]; readonly files: readonly TarEntry[] }, Failure>
> {
  const models: ImageModel[] = [];
  const files: TarEntry[] = [];
  for (const { model, versions } of plan.models) {
    for (const version of versions) {
      const before = await ownFiles(version.folder);
      if (!before.ok) return before;
      const opened = await openServable(version.folder);
      if (!opened.ok) return opened;
      await using servable = opened.value;
      if (digestOfBytes(before.value.bytes) !== servable.manifest.digest)
        return failed(servableUnreadable(version.folder, new Error('it changed while it was read')));
      const golden = await checkGolden(servable);
      if (!golden.ok) return golden;
      const folder = folderOf(model, version);
      const { bytes, description } = before.value;
      files.push({ path: `${folder}/${manifestFile}`, bytes: description });
      files.push({ path: `${folder}/${modelFile}`, bytes });
      models.push(modelOf(servable.manifest, digestOfBytes(description), provenance(model, version.name)));
    }
  }
  return success({ models, files });
}

function modelOf(
  { model, modelVersion, digest, lineage }: ServableManifest,
  manifest: Digest,
  provenance: ImageModel['provenance'],
): ImageModel {
  const { run, commit, contract } = lineage;
  return {
    model,
    modelVersion,
    digest,
    manifest,
    ...(run === undefined ? {} : { run }),
    ...(commit === undefined ? {} : { commit }),
    ...(contract === undefined ? {} : { contract: contract.digest }),
    provenance,
  };
}

/** The plan as the container has it: beside its models, and without what was said about the way there. */
export function relocated({ version, models }: ServingPlan): ServingPlan {
  return {
    version,
    models: models.map((model) => ({
      ...model,
      versions: model.versions.map((each) => ({ ...each, folder: folderOf(model.model, each) })),
    })),
  };
}

/**
 * The files of a servable. An image is sent to others: what a link leads to outside of the folder, and what is no file,
 * does not get into one.
 */
async function ownFiles(
  folder: string,
): Promise<Result<{ readonly bytes: Buffer; readonly description: Buffer }, Failure>> {
  try {
    const root = await realpath(folder);
    const read = async (name: string): Promise<Buffer> => {
      const file = await realpath(join(root, name));
      if (!file.startsWith(`${root}${sep}`))
        throw new Error(`${name} is a link that leads out of the folder`);
      if (!(await stat(file)).isFile()) throw new Error(`${name} is no file`);
      return await readFile(file);
    };
    return success({ description: await read(manifestFile), bytes: await read(modelFile) });
  } catch (error) {
    return failed(servableUnreadable(folder, error));
  }
}

function folderOf(model: string, { name }: Pick<PlannedVersion, 'name'>): string {
  return `models/${folderName(model)}/${folderName(name)}`;
}

const longest = 60;

/** Different names have different folders: of one that cannot be a folder itself, digits of its digest are part. */
function folderName(name: string): string {
  if (/^[\w+-][\w.+-]*$/.test(name) && name.length <= longest) return name;
  const plain = name.replace(/[^\w.+-]/g, '_').replace(/^\.+/, '_');
  return `${plain.slice(0, longest - 17)}~${digestOfBytes(name).slice('sha256:'.length, 'sha256:'.length + 16)}`;
}
