import type { Failure, Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { DeploymentLock } from '../../deploy/index.ts';
import { branchOfStage, lockFolder, readLock } from '../../deploy/index.ts';
import type { ObjectId, Repository, TreeFile } from '../../git/index.ts';
import type { DeployedFacts } from '../format/index.ts';
import { openName, openText } from './open-names.ts';

/** What an environment branch of this clone holds, by model. */
export interface DeployedStage {
  readonly stage: string;
  /** `deploy/production`, `origin/deploy/production` */
  readonly branch: string;
  readonly commit: ObjectId;
  /** Newest first; the first one is what is deployed now. */
  readonly models: ReadonlyMap<string, readonly DeployedFacts[]>;
  /** Older commits were not read. */
  readonly cut: boolean;
  /** Locks that cannot be read, by path. */
  readonly problems: readonly string[];
}

/** Each commit is a listing of its own: more of them, and a site would take its time. */
const mostCommits = 100;

/** The branches `deploy/<stage>`, here or as they were last fetched. */
export async function readDeployments(
  repository: Repository,
  stages: readonly string[],
): Promise<Result<readonly DeployedStage[], Failure>> {
  const found: DeployedStage[] = [];
  for (const stage of stages) {
    const branch = await branchAt(repository, branchOfStage(stage));
    if (!branch.ok) return branch;
    if (branch.value === undefined) continue;
    const read = await readBranch(repository, stage, branch.value);
    if (!read.ok) return read;
    found.push(read.value);
  }
  return success(found);
}

interface BranchTip {
  readonly branch: string;
  readonly commit: ObjectId;
}

/** The truth is on the remote, where there is one: the branch of this clone counts when it is ahead of that. */
async function branchAt(
  repository: Repository,
  branch: string,
): Promise<Result<BranchTip | undefined, Failure>> {
  const tips: BranchTip[] = [];
  for (const [name, ref] of [
    [`origin/${branch}`, `refs/remotes/origin/${branch}`],
    [branch, `refs/heads/${branch}`],
  ] as const) {
    const refs = await repository.listRefs(ref);
    if (!refs.ok) return refs;
    const id = refs.value.find((each) => each.name === ref)?.id;
    if (id !== undefined) tips.push({ branch: name, commit: id });
  }
  const [remote, local] = tips;
  if (remote === undefined || local === undefined || remote.commit === local.commit) return success(tips[0]);
  const base = await repository.mergeBase(remote.commit, local.commit);
  const isAhead = base.ok && base.value.kind === 'found' && base.value.commit === remote.commit;
  return success(isAhead ? local : remote);
}

async function readBranch(
  repository: Repository,
  stage: string,
  { branch, commit }: BranchTip,
): Promise<Result<DeployedStage, Failure>> {
  const commits = await repository.history(commit, { limit: mostCommits + 1 });
  if (!commits.ok) return commits;
  const cut = commits.value.length > mostCommits;
  const wanted = commits.value.slice(0, mostCommits);
  const times = await repository.commitTimes(wanted);
  if (!times.ok) return times;
  const trees: (readonly TreeFile[])[] = [];
  for (const id of wanted) {
    const files = await repository.listFiles(id, lockFolder);
    if (!files.ok) return files;
    trees.push(files.value);
  }
  const blobs = [...new Map(trees.flat().map((file) => [file.blob, file])).values()];
  const contents = await repository.readFiles(blobs);
  if (!contents.ok) return contents;
  const locks = new Map<ObjectId, DeploymentLock>();
  const problems: string[] = [];
  for (const [i, bytes] of contents.value.entries()) {
    const { path, blob } = blobs[i]!;
    const lock = await readLock(path, Buffer.from(bytes).toString('utf8'));
    if (!lock.ok) problems.push(lock.failure.message);
    else if (lock.value.stage !== stage) problems.push(`${path} is of the stage ${lock.value.stage}`);
    else locks.set(blob, lock.value);
  }
  const models = new Map<string, DeployedFacts[]>();
  // From the oldest: what a commit has and the one before it had not, it brought.
  let before = new Map<string, DeploymentLock>();
  for (const [i, files] of [...trees.entries()].reverse()) {
    const id = wanted[i]!;
    const at = times.value.get(id)?.toISOString() ?? '';
    const now = new Map(
      files.flatMap(({ blob }) => {
        const lock = locks.get(blob);
        return lock === undefined ? [] : [[lock.model, lock] as const];
      }),
    );
    for (const [model, lock] of now) {
      if (before.get(model) === lock) continue;
      models.set(model, [deployed(id, at, lock), ...(models.get(model) ?? [])]);
    }
    for (const model of before.keys()) {
      if (!now.has(model)) models.set(model, [{ commit: id, at }, ...(models.get(model) ?? [])]);
    }
    before = now;
  }
  return success({ stage, branch, commit, models, cut, problems });
}

function deployed(commit: ObjectId, at: string, lock: DeploymentLock): DeployedFacts {
  const { name, digest, image, assignment, provenance } = lock;
  return {
    commit,
    at,
    version: name,
    digest,
    image: { repository: image.repository, digest: image.digest },
    tag: assignment.tag,
    counter: assignment.counter,
    by: openName(assignment.by),
    ...(assignment.why === undefined ? {} : { why: assignment.why }),
    provenance: { verdict: provenance.verdict, because: openText(provenance.because, lock.model) },
  };
}
