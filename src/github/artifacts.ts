import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess } from './access.ts';
import { readAll, refusal } from './access.ts';
import type { GithubFailure } from './failures.ts';
import { artifactMissing, tooLarge } from './failures.ts';
import { readOnlyFile } from './only-file.ts';

export interface ArtifactToDownload {
  /** Number of the workflow run that uploaded it. */
  readonly run: number;
  /** Name of the artifact. */
  readonly name: string;
  /** The one file that it has to hold. */
  readonly file: string;
  /** Of the file, and of the ZIP around it. */
  readonly mostBytes: number;
}

/** An artifact that can be downloaded. */
export interface ListedArtifact {
  readonly id: number;
  readonly name: string;
  /** Of its ZIP. */
  readonly bytes: number;
}

/** More artifacts than this, and the run is not one whose artifacts anybody should read: a fork can upload any number. */
const mostPages = 10;

/** What a workflow run uploaded and that is still there, the newest of each name, by name. */
export async function listArtifacts(
  access: GithubAccess,
  run: number,
  name?: string,
): Promise<Result<readonly ListedArtifact[], GithubFailure>> {
  const only = name === undefined ? '' : `name=${encodeURIComponent(name)}&`;
  const all = await readAll(
    access,
    { ...question(access, run), url: `${access.root}/actions/runs/${run}/artifacts?${only}per_page=100` },
    (json) => (json as { artifacts?: readonly Found[] } | undefined)?.artifacts,
    mostPages,
  );
  if (!all.ok) return all;
  const newest = new Map<string, ListedArtifact>();
  for (const { id, name: its, expired, size_in_bytes: bytes } of all.value) {
    if (expired || (name !== undefined && its !== name)) continue;
    // A run that is repeated uploads again: the newest one counts.
    if (id > (newest.get(its)?.id ?? 0)) newest.set(its, { id, name: its, bytes });
  }
  return success([...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/**
 * The bytes of the one file of an artifact. It may come from a fork: the ZIP is hostile until it is shown to hold that one
 * file of that name, within the limit. Nothing is written to disk.
 */
export async function downloadArtifact(
  access: GithubAccess,
  { run, name, file, mostBytes }: ArtifactToDownload,
): Promise<Result<Uint8Array, GithubFailure>> {
  const listed = await listArtifacts(access, run, name);
  if (!listed.ok) return listed;
  const artifact = listed.value[0];
  if (artifact === undefined) return failed(artifactMissing(run, name));
  return await downloadListed(access, artifact, { run, file, mostBytes });
}

/** The same of an artifact that was listed already. */
export async function downloadListed(
  access: GithubAccess,
  { id, name, bytes }: ListedArtifact,
  { run, file, mostBytes }: Omit<ArtifactToDownload, 'name'>,
): Promise<Result<Uint8Array, GithubFailure>> {
  const mostOfZip = mostBytes + overhead(name, file);
  if (bytes > mostOfZip) {
    return failed(tooLarge(`the artifact ${name} of ${bytes} bytes, ${mostBytes} at most,`));
  }
  const got = await access.api.download(`${access.root}/actions/artifacts/${id}/zip`, mostOfZip);
  if (!got.ok) return got;
  switch (got.value.kind) {
    case 'refused':
      return got.value.answer.status === 410
        ? failed(artifactMissing(run, name))
        : failed(refusal(got.value.answer, question(access, run)));
    case 'file':
      return await readOnlyFile(got.value.bytes, { artifact: name, file, mostBytes });
  }
}

function question(
  { repository }: GithubAccess,
  run: number,
): { readonly place: string; readonly needs: string } {
  return { place: `artifacts of run ${run} of ${repository}`, needs: 'actions: read' };
}

interface Found {
  readonly id: number;
  readonly name: string;
  readonly expired: boolean;
  readonly size_in_bytes: number;
}

/** What ZIP writes around a file that does not compress. */
function overhead(name: string, file: string): number {
  return 1_024 + 4 * (name.length + file.length);
}
