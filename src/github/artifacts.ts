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

/**
 * The bytes of the one file of an artifact. It may come from a fork: the ZIP is hostile until it is shown to hold that one
 * file of that name, within the limit. Nothing is written to disk.
 */
export async function downloadArtifact(
  access: GithubAccess,
  { run, name, file, mostBytes }: ArtifactToDownload,
): Promise<Result<Uint8Array, GithubFailure>> {
  const question = { place: `artifacts of run ${run} of ${access.repository}`, needs: 'actions: read' };
  const all = await readAll(
    access,
    {
      ...question,
      url: `${access.root}/actions/runs/${run}/artifacts?name=${encodeURIComponent(name)}&per_page=100`,
    },
    (json) => (json as { artifacts?: readonly Listed[] } | undefined)?.artifacts,
  );
  if (!all.ok) return all;
  // A run that is repeated uploads again: the newest one counts.
  const newest = [...all.value]
    .filter((each) => each.name === name && !each.expired)
    .sort((a, b) => b.id - a.id)[0];
  if (newest === undefined) return failed(artifactMissing(run, name));
  const mostOfZip = mostBytes + overhead(name, file);
  if (newest.size_in_bytes > mostOfZip) {
    return failed(tooLarge(`the artifact ${name} of ${newest.size_in_bytes} bytes, ${mostBytes} at most,`));
  }
  const got = await access.api.download(`${access.root}/actions/artifacts/${newest.id}/zip`, mostOfZip);
  if (!got.ok) return got;
  switch (got.value.kind) {
    case 'refused':
      return got.value.answer.status === 410
        ? failed(artifactMissing(run, name))
        : failed(refusal(got.value.answer, question));
    case 'file':
      return await readOnlyFile(got.value.bytes, { artifact: name, file, mostBytes });
  }
}

/** Names of what a workflow run uploaded and that is still there, each once, in order. */
export async function artifactNames(
  access: GithubAccess,
  run: number,
): Promise<Result<readonly string[], GithubFailure>> {
  const all = await readAll(
    access,
    {
      place: `artifacts of run ${run} of ${access.repository}`,
      needs: 'actions: read',
      url: `${access.root}/actions/runs/${run}/artifacts?per_page=100`,
    },
    (json) => (json as { artifacts?: readonly Listed[] } | undefined)?.artifacts,
  );
  if (!all.ok) return all;
  return success([...new Set(all.value.filter(({ expired }) => !expired).map(({ name }) => name))].sort());
}

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly expired: boolean;
  readonly size_in_bytes: number;
}

/** What ZIP writes around a file that does not compress. */
function overhead(name: string, file: string): number {
  return 1_024 + 4 * (name.length + file.length);
}
