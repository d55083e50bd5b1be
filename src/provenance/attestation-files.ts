import type { Digest, Result } from '../base/index.ts';
import { digestOfBytes, success } from '../base/index.ts';
import type { Repository } from '../git/index.ts';
import type { StoredBundle } from './attestation.ts';
import { attestationFolder, attestationOfPath, attestationPath } from './attestation-path.ts';
import type { ProvenanceFailure } from './failures.ts';

/** The runs branch, where attestations stand beside the records. */
export interface AttestationPlace {
  readonly repository: Repository;
  readonly branch: string;
}

/** Whoever may write to the branch may fill a folder; nobody waits for more than this. */
const mostBundles = 256;

/** The attestations of a model: whatever stands there, read as nothing but bytes. */
export async function readBundles(
  { repository, branch }: AttestationPlace,
  model: Digest,
): Promise<Result<readonly StoredBundle[], ProvenanceFailure>> {
  const listed = await repository.listFiles(branch, attestationFolder(model));
  if (!listed.ok) return listed;
  const files = listed.value.filter((file) => attestationOfPath(file.path) !== undefined);
  const contents = await repository.readFiles(files.slice(0, mostBundles));
  if (!contents.ok) return contents;
  return success(contents.value.map((bytes, i) => ({ path: files[i]!.path, bytes })));
}

export interface WrittenBundle {
  readonly path: string;
  readonly digest: Digest;
  /** On the runs branch; absent when the very same bytes were there already. */
  readonly commit?: string;
}

/** Adds an attestation to the branch. It travels with the records. */
export async function writeBundle(
  { repository, branch }: AttestationPlace,
  model: { readonly name: string; readonly digest: Digest },
  bundle: { readonly bytes: Uint8Array; readonly time: Date },
): Promise<Result<WrittenBundle, ProvenanceFailure>> {
  const digest = digestOfBytes(bundle.bytes);
  const path = attestationPath(model.digest, digest);
  const before = await repository.readFile(branch, path);
  if (!before.ok) return before;
  if (before.value !== undefined && digestOfBytes(before.value) === digest) return success({ path, digest });
  const written = await repository.commitFiles(branch, [{ path, bytes: bundle.bytes }], {
    message: `${model.name}: attest ${model.digest.slice(0, 19)}`,
    time: bundle.time,
  });
  return written.ok ? success({ path, digest, commit: written.value.commit }) : written;
}
