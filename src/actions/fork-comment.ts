import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Effects } from '../commands/index.ts';
import type { GithubAccess, ListedArtifact } from '../github/index.ts';
import { downloadListed, findPull, listArtifacts, openGithub, upsertComment } from '../github/index.ts';
import type { PullReport } from '../report/index.ts';
import {
  markdownCode,
  mostReportBytes,
  pullReportMarkdown,
  readPullReport,
  reportMarker,
} from '../report/index.ts';
import type { ActionOutcome } from './action.ts';
import type { FinishedRun } from './events.ts';
import { reportOfAnother } from './failures.ts';

/** Of the artifacts that hold a report each: whoever may comment looks for them by it. */
export const artifactPrefix = 'trainyard-report-';
export const reportFile = 'report.json';
/** Reports of one workflow run that are read, and comments of a pull request; a fork could ask for thousands. */
const mostReports = 20;
const reportName = /^trainyard-report-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/;

export interface ForkCommentOptions {
  /** Address of the static site of this repository. */
  readonly site?: string | undefined;
  readonly say: (text: string) => void;
}

/**
 * What the workflow of a fork left, said by one that may. Everything in it is hostile: the pull request is the one whose
 * head GitHub says it ran for, never one that a report names, and so are the commit and the repository that it is about.
 */
export async function commentForFork(
  run: FinishedRun,
  { env }: Pick<Effects, 'env'>,
  { site, say }: ForkCommentOptions,
): Promise<Result<ActionOutcome, readonly Failure[]>> {
  const nothing = success({ outputs: { commented: 'false' } });
  const { headRepository } = run;
  if (run.event !== 'pull_request' || headRepository === undefined) return nothing;
  if (isOwn(headRepository, run.actor, env)) {
    say('Its own workflow may comment.');
    return nothing;
  }
  const opened = await openGithub({ environment: env, sleep: (ms) => sleep(ms) });
  if (!opened.ok) return failed([opened.failure]);
  await using access = opened.value;
  const found = await findPull(access, { ...run, headRepository });
  if (!found.ok) return failed([found.failure]);
  if (found.value.kind !== 'found') {
    say(
      found.value.kind === 'moved'
        ? 'The pull request has a newer commit.'
        : 'No open pull request has this head.',
    );
    return nothing;
  }
  const listed = await listArtifacts(access, run.id);
  if (!listed.ok) return failed([listed.failure]);
  const ours = listed.value.filter(({ name }) => reportName.test(name));
  const { number } = found.value.pull;
  const failures: Failure[] = [];
  let url: string | undefined;
  for (const artifact of ours.slice(0, mostReports)) {
    const said = await commentOfArtifact(access, artifact, { run, headRepository, number, site, say });
    if (said.ok) url = said.value ?? url;
    else failures.push(said.failure);
  }
  if (ours.length > mostReports) say(`${ours.length - mostReports} more reports are not read.`);
  return success({
    outputs: { commented: String(url !== undefined), ...(url === undefined ? {} : { url }) },
    failures,
  });
}

/** What ran in this repository has a token that may comment, but for Dependabot. */
function isOwn(headRepository: string, actor: string, env: Effects['env']): boolean {
  const own = (env['GITHUB_REPOSITORY'] ?? '').toLowerCase();
  return headRepository.toLowerCase() === own && actor !== 'dependabot[bot]';
}

interface About {
  readonly run: FinishedRun;
  readonly headRepository: string;
  /** Of the pull request. */
  readonly number: number;
  readonly site: string | undefined;
  readonly say: (text: string) => void;
}

async function commentOfArtifact(
  access: GithubAccess,
  artifact: ListedArtifact,
  { run, headRepository, number, site, say }: About,
): Promise<Result<string | undefined, Failure>> {
  const file = { run: run.id, file: reportFile, mostBytes: mostReportBytes };
  const bytes = await downloadListed(access, artifact, file);
  if (!bytes.ok) return bytes;
  const read = await readPullReport(bytes.value);
  if (!read.ok) return read;
  const { pipeline, changed } = read.value;
  if (artifact.name !== `${artifactPrefix}${pipeline}`) return failed(reportOfAnother());
  const addresses = {
    ...(run.url === undefined ? {} : { summaryUrl: run.url }),
    ...(site === undefined ? {} : { site }),
  };
  const text = pullReportMarkdown(asRun(read.value, run), { ...addresses, unverified: true });
  const body = `${sayer(headRepository, run)}\n\n${withoutMarker(text)}`;
  const kept = await upsertComment(access, {
    issue: number,
    marker: reportMarker(pipeline),
    body,
    onlyIfThere: !changed,
    atMost: { beginning: '<!-- trainyard:report ', comments: mostReports },
  });
  if (!kept.ok) return kept;
  if (kept.value.kind !== 'none') return success(kept.value.url);
  if (kept.value.because === 'too-many') say('The pull request has too many comments of this kind already.');
  return success(undefined);
}

/**
 * The commit is what GitHub says that ran. A report could name any commit of the network of forks, and a command to
 * repeat the run would lead whoever pastes it to code that nobody reviews.
 */
function asRun(report: PullReport, { headSha: commit }: FinishedRun): PullReport {
  return {
    ...report,
    head: { ...report.head, commit },
    reproduce: { ...report.reproduce, commit },
  };
}

/** Before everything that the report says, so that no verdict can be read without it. */
function sayer(repository: string, { headSha }: FinishedRun): string {
  const [who, what] = [markdownCode(repository), markdownCode(headSha.slice(0, 7))];
  return `⚠️ **Unverified.** All of this says the workflow of ${who}, run at ${what}: it could say anything.`;
}

/** The marker is the first line of a rendered report. */
export function withoutMarker(markdown: string): string {
  return markdown.slice(markdown.indexOf('\n') + 1);
}
