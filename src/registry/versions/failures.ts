import type { Failure } from '../../base/index.ts';

type VersionFailure = Failure<`registry-${string}`>;

export function noRunToRegister(pipeline: string, seen: number): VersionFailure {
  return {
    code: 'registry-no-run',
    kind: 'input',
    message:
      seen === 0
        ? `There is no run of ${pipeline} to register`
        : `None of the runs of ${pipeline} succeeded without a failed verdict and chose a model`,
    remedy:
      seen === 0
        ? `Run it first: "trainyard run ${pipeline}"; in a fresh clone, "trainyard runs pull".`
        : 'See why with "trainyard runs show", mend it, and run it again.',
  };
}

/** Nobody named the run: an older one is another model, so it is offered and not taken. */
export function asNewest(failure: Failure, pipeline: string): Failure {
  return {
    ...failure,
    message: `${failure.message}; it is the newest one here`,
    remedy:
      `${failure.remedy ?? ''} An older run is registered by its id: "trainyard register ${pipeline} --run <id>" ("trainyard runs list").`.trim(),
  };
}

export function runNotSucceeded(run: string, status: string): VersionFailure {
  return {
    code: 'registry-run-not-succeeded',
    kind: 'input',
    message: `The run ${run} ${status === 'cancelled' ? 'was cancelled' : 'failed'}, so its model is no version`,
    remedy: 'Name a run that succeeded: "trainyard runs list".',
  };
}

export function runVerdictFailed(run: string, reasons: readonly string[]): VersionFailure {
  return {
    code: 'registry-run-verdict-failed',
    kind: 'verdict',
    message: `The verdict of the run ${run} is fail${said(reasons)}`,
    remedy: 'Make a better model, or change the gates in review; what failed its gates gets no version.',
  };
}

export function runInconclusive(run: string, reasons: readonly string[]): VersionFailure {
  return {
    code: 'registry-run-inconclusive',
    kind: 'verdict',
    message: `The verdict of the run ${run} is inconclusive${said(reasons)}`,
    remedy:
      'A difference within the noise takes more held-out rows or a wider max-drop; a gate without a baseline, `without-baseline: pass`. Or register it knowingly with --allow-inconclusive, which the version then says.',
  };
}

export function runDirty(run: string): VersionFailure {
  return {
    code: 'registry-run-dirty',
    kind: 'input',
    message: `The run ${run} was made with uncommitted changes, so nobody can make its model again`,
    remedy: 'Commit, run the pipeline again (steps that did not change are re-used), and register that run.',
  };
}

export function runWithoutCommit(run: string): VersionFailure {
  return {
    code: 'registry-run-without-commit',
    kind: 'input',
    message: `The run ${run} was made outside of Git or before the first commit`,
    remedy: 'Commit, run the pipeline again, and register that run.',
  };
}

export function commitUnpublished(commit: string, url: string): VersionFailure {
  return {
    code: 'registry-commit-unpublished',
    kind: 'input',
    message: `The commit ${commit.slice(0, 7)} of the run is on no branch of ${url}`,
    remedy:
      'Push the branch first; after a rebase or squash, run the pipeline again on the commit that was merged.',
  };
}

export function historyUnknown(commit: string): VersionFailure {
  return {
    code: 'registry-history-shallow',
    kind: 'input',
    message: `Whether the commit ${commit.slice(0, 7)} is on a branch of the remote cannot be told from this shallow clone`,
    remedy: 'Fetch the whole history: "git fetch --unshallow" (in a workflow, "fetch-depth: 0").',
  };
}

export function modelNotStored(digest: string, because: string): VersionFailure {
  return {
    code: 'registry-model-not-stored',
    kind: 'input',
    message: `The model ${digest} of the run is not whole in the store: ${because}`,
    remedy:
      'Run its commit again here, or use the store of the machine that made it ("store:" in trainyard.yaml).',
  };
}

export function digestRegistered(digest: string, version: string, wanted: string): VersionFailure {
  return {
    code: 'registry-digest-registered',
    kind: 'input',
    message: `The model ${digest} is ${version} already, so it cannot be ${wanted} too`,
    remedy: `Use ${version}: a version is one set of bytes, and these have their name.`,
  };
}

export function bumpUnknown(before: string): VersionFailure {
  return {
    code: 'registry-bump-unknown',
    kind: 'input',
    message: `What has changed since ${before} cannot be told: neither the record of its run nor its bytes are at hand`,
    remedy: 'Say it with --bump major, minor or patch; or bring the records with "trainyard runs pull".',
  };
}

function said(reasons: readonly string[]): string {
  return reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
}
