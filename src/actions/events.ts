type Event = Readonly<Record<string, unknown>>;

/** What a `pull_request` event says, as far as it is needed. */
export interface PullEvent {
  readonly number: number;
  readonly isFork: boolean;
}

export function pullEvent({ pull_request: pull, repository }: Event): PullEvent | undefined {
  const { number, head } = (pull ?? {}) as {
    readonly number?: unknown;
    readonly head?: { repo?: Named | null };
  };
  if (typeof number !== 'number') return undefined;
  const own = (repository as Named | undefined)?.full_name;
  return { number, isFork: head?.repo?.full_name !== own };
}

/** A workflow run that is over, as `workflow_run` says: by GitHub, not by what ran in it. */
export interface FinishedRun {
  readonly id: number;
  /** What started it: `pull_request`. */
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** `owner/name`; `undefined` once the fork has been deleted. */
  readonly headRepository: string | undefined;
  /** Who pushed. */
  readonly actor: string;
  readonly url?: string;
}

export function finishedRun({ workflow_run: run }: Event): FinishedRun | undefined {
  const { id, event, head_sha, head_branch, head_repository, html_url, actor } = (run ?? {}) as Readonly<
    Record<string, unknown>
  > & { readonly head_repository?: Named | null; readonly actor?: { readonly login?: unknown } | null };
  if (typeof id !== 'number' || typeof event !== 'string') return undefined;
  if (typeof head_sha !== 'string' || !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(head_sha)) return undefined;
  return {
    id,
    event,
    headSha: head_sha,
    headBranch: typeof head_branch === 'string' ? head_branch : '',
    headRepository: head_repository?.full_name,
    actor: typeof actor?.login === 'string' ? actor.login : '',
    ...(typeof html_url === 'string' ? { url: html_url } : {}),
  };
}

interface Named {
  readonly full_name?: string;
}
