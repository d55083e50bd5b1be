import type { Forge, ForgeEvent, Json } from '../forge.ts';
import { at, textAt } from '../forge.ts';
import { git, gitIf, shaOf } from '../git.ts';

/** An event as workflows see it: where their files are read, and what `github.ref` and `github.sha` are. */
export interface Occasion {
  readonly event: string;
  readonly action: string;
  readonly repository: string;
  readonly actor: string;
  readonly payload: Json;
  readonly ref: string;
  readonly sha: string;
  readonly headRef: string;
  readonly baseRef: string;
  /** What a run's page and `workflow_run` name: of a pull request the head, not the merge. */
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly headRepository: string;
  /** A pull request of a fork: no secrets, a token that only reads. */
  readonly fromFork: boolean;
  /** Paths that the event changed; `undefined` when it has none to ask. */
  readonly changedPaths: (() => Promise<readonly string[]>) | undefined;
}

/** `undefined`, and why, when no workflow can begin. */
export async function occasionOf(forge: Forge, event: ForgeEvent): Promise<Occasion | string> {
  const folder = forge.gitFolder(event.repository);
  if (folder === undefined) return `there is no repository ${event.repository}`;
  const { payload } = event;
  const branch = forge.defaultBranch(event.repository);
  const plain = async (ref: string, sha: string | undefined): Promise<Occasion | string> => {
    if (sha === undefined) return `${ref} has no commit`;
    const isBranch = ref.startsWith('refs/heads/');
    return {
      event: event.name,
      action: textAt(payload, 'action'),
      repository: event.repository,
      actor: event.actor,
      payload,
      ref,
      sha,
      headRef: '',
      baseRef: '',
      headBranch: isBranch || ref.startsWith('refs/tags/') ? shortRef(ref) : null,
      headSha: sha,
      headRepository: event.repository,
      fromFork: false,
      changedPaths: undefined,
    };
  };
  const onDefault = async (): Promise<Occasion | string> =>
    plain(`refs/heads/${branch}`, await shaOf(folder, `refs/heads/${branch}`));

  switch (event.name) {
    case 'push': {
      const ref = textAt(payload, 'ref');
      if (at(payload, 'deleted') === true || /^0+$/.test(textAt(payload, 'after')))
        return `${ref} was deleted`;
      const message = textAt(payload, 'head_commit', 'message');
      const sha = await shaOf(folder, textAt(payload, 'after') || ref);
      const said = message || ((await gitIf(folder, 'log', '-1', '--format=%B', sha ?? ref)) ?? '');
      if (asksToSkip(said)) return 'the message of the commit asks to skip workflows';
      const occasion = await plain(ref, sha);
      if (typeof occasion === 'string' || ref.startsWith('refs/tags/')) return occasion;
      return {
        ...occasion,
        changedPaths: () => pushedPaths(folder, textAt(payload, 'before'), sha!, branch),
      };
    }
    case 'pull_request':
    case 'pull_request_target':
      return pullRequest(folder, event, await onDefault());
    case 'workflow_dispatch': {
      const asked = textAt(payload, 'ref') || branch;
      const candidates = asked.startsWith('refs/') ? [asked] : [`refs/heads/${asked}`, `refs/tags/${asked}`];
      for (const ref of candidates) {
        const sha = await shaOf(folder, ref);
        if (sha !== undefined) return plain(ref, sha);
      }
      return `No ref found for: ${asked}`;
    }
    case 'release': {
      const ref = `refs/tags/${textAt(payload, 'release', 'tag_name')}`;
      return plain(ref, await shaOf(folder, ref));
    }
    case 'create': {
      const kind = textAt(payload, 'ref_type') === 'tag' ? 'tags' : 'heads';
      const ref = `refs/${kind}/${textAt(payload, 'ref')}`;
      return plain(ref, await shaOf(folder, ref));
    }
    case 'deployment':
    case 'deployment_status': {
      if (textAt(payload, 'deployment_status', 'state') === 'inactive')
        return 'the deployment became inactive';
      const asked = textAt(payload, 'deployment', 'ref');
      const sha = await shaOf(folder, textAt(payload, 'deployment', 'sha'));
      for (const ref of [`refs/heads/${asked}`, `refs/tags/${asked}`]) {
        if ((await shaOf(folder, ref)) !== undefined) return plain(ref, sha);
      }
      return plain('', sha);
    }
    case 'workflow_run': {
      const occasion = await onDefault();
      return typeof occasion === 'string' ? occasion : { ...occasion, headBranch: branch };
    }
    default:
      return onDefault();
  }
}

async function pullRequest(
  folder: string,
  event: ForgeEvent,
  onDefault: Occasion | string,
): Promise<Occasion | string> {
  if (typeof onDefault === 'string') return onDefault;
  const { payload } = event;
  const number = Number(at(payload, 'number') ?? at(payload, 'pull_request', 'number'));
  const headSha = textAt(payload, 'pull_request', 'head', 'sha');
  const baseRef = textAt(payload, 'pull_request', 'base', 'ref');
  const headRepository = textAt(payload, 'pull_request', 'head', 'repo', 'full_name') || event.repository;
  const baseSha = await shaOf(folder, `refs/heads/${baseRef}`);
  const changedPaths = async (): Promise<readonly string[]> =>
    names(await git(folder, 'diff', '--name-only', '-z', '--no-renames', `${baseSha}...${headSha}`));
  const shared = {
    ...onDefault,
    headRef: textAt(payload, 'pull_request', 'head', 'ref'),
    baseRef,
    headBranch: textAt(payload, 'pull_request', 'head', 'ref'),
    headSha,
    headRepository,
    changedPaths,
  };
  if (event.name === 'pull_request_target') return shared;
  const ref = `refs/pull/${number}/merge`;
  const closed = at(payload, 'pull_request', 'merged') === true;
  const sha = closed ? textAt(payload, 'pull_request', 'merge_commit_sha') : await shaOf(folder, ref);
  if (sha === undefined) return `pull request ${number} cannot be merged: GitHub starts no workflow then`;
  const said = (await gitIf(folder, 'log', '-1', '--format=%B', headSha)) ?? '';
  if (asksToSkip(said)) return 'the message of the commit asks to skip workflows';
  return { ...shared, ref, sha, fromFork: headRepository.toLowerCase() !== event.repository.toLowerCase() };
}

/** Of a new branch, what it added since it left the default branch. */
async function pushedPaths(
  folder: string,
  before: string,
  after: string,
  branch: string,
): Promise<readonly string[]> {
  const known = /^0*$/.test(before) ? undefined : await shaOf(folder, before);
  const fork = known ?? (await gitIf(folder, 'merge-base', after, `refs/heads/${branch}`))?.trim();
  if (fork === undefined || fork === after) {
    return names(
      await git(
        folder,
        'diff-tree',
        '-r',
        '--root',
        '--no-commit-id',
        '--name-only',
        '-z',
        '--no-renames',
        after,
      ),
    );
  }
  return names(await git(folder, 'diff', '--name-only', '-z', '--no-renames', fork, after));
}

function names(output: string): string[] {
  return output.split('\0').filter((name) => name !== '');
}

/** https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs */
function asksToSkip(message: string): boolean {
  return (
    /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/.test(message) ||
    /\n\nskip-checks:\s?true\s*$/.test(message)
  );
}

export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, '');
}
