import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess, KeptComment, KeptRelease, NoComment } from '../github/index.ts';
import { openGithub, pullOfCommit, upsertComment, upsertRelease } from '../github/index.ts';
import { resolveModel } from '../registry/index.ts';
import type { PromotionNews } from '../report/index.ts';
import { promotionComment, promotionMarker } from '../report/index.ts';
import { openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { releaseNotesOf } from './model-card.ts';
import { openRegistry } from './open-registry.ts';

type TellingEffects = Pick<Effects, 'cwd' | 'env'>;

/**
 * Writes the release of a version on GitHub, or writes it anew: its model card, and the stages where it stands now.
 * Nobody else's release is marked as the newest one by it.
 */
export async function releaseVersion(
  reference: string,
  effects: TellingEffects,
): Promise<Result<KeptRelease, readonly Failure[]>> {
  const made = await releaseNotesOf({ reference }, effects);
  if (!made.ok) return made;
  const { tag, title: name, notes } = made.value;
  const kept = await onGithub(effects, (access) => upsertRelease(access, { tag, name, notes }));
  return kept.ok ? kept : failed([kept.failure]);
}

/**
 * Says on the pull request that brought a version what was decided about it: a refusal always, a grant where a refusal
 * was said before. `undefined` where no pull request brought it.
 */
export async function commentPromotion(
  news: PromotionNews,
  effects: TellingEffects,
): Promise<Result<KeptComment | NoComment | undefined, readonly Failure[]>> {
  const commit = await commitOf(news, effects);
  if (!commit.ok) return commit;
  if (commit.value === undefined) return success(undefined);
  const told = await onGithub(effects, async (access) => {
    const pull = await pullOfCommit(access, commit.value!);
    if (!pull.ok) return pull;
    if (pull.value === undefined) return success(undefined);
    return await upsertComment(access, {
      issue: pull.value.number,
      marker: promotionMarker(news.model, news.stage),
      body: promotionComment(news, pageOfJob(effects.env)),
      onlyIfThere: news.granted,
    });
  });
  return told.ok ? told : failed([told.failure]);
}

/** Of the code that the version was made of; a version of another tool names none. */
async function commitOf(
  { model, name }: PromotionNews,
  effects: TellingEffects,
): Promise<Result<string | undefined, readonly Failure[]>> {
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { ledger, repository, project, root } = opened.value;
  const resolved = await resolveModel(`${model}@${name}`, {
    ledger,
    runs: openRuns({ repository, branch: project.runs.branch, root }),
    digestOfFile: async () => undefined,
  });
  if (!resolved.ok) return failed([resolved.failure]);
  const registered = resolved.value.version?.registered;
  return success(registered !== undefined && 'event' in registered ? registered.event.commit : undefined);
}

async function onGithub<T>(
  { env }: TellingEffects,
  work: (access: GithubAccess) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const opened = await openGithub({ environment: env, sleep: (ms) => sleep(ms) });
  if (!opened.ok) return opened;
  await using access = opened.value;
  return await work(access);
}

/** Page of the workflow run of this job. */
function pageOfJob(env: Effects['env']): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server === undefined || repository === undefined || run === undefined
    ? undefined
    : `${server}/${repository}/actions/runs/${run}`;
}
