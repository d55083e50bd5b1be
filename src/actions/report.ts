import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Effects } from '../commands/index.ts';
import { report } from '../commands/index.ts';
import type { GithubAccess } from '../github/index.ts';
import { artifactNames, downloadArtifact, findPull, openGithub, upsertComment } from '../github/index.ts';
import type { PullReport } from '../report/index.ts';
import { mostReportBytes, pullReportMarkdown, readPullReport, reportMarker } from '../report/index.ts';
import type { Action, ActionOutcome, Annotation } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';
import type { FinishedRun, PullEvent } from './events.ts';
import { finishedRun, pullEvent } from './events.ts';
import { eventUnsuited } from './failures.ts';

/** Of the artifacts that hold a report each: whoever may comment looks for them by it. */
const artifactPrefix = 'trainyard-report-';
/** Reports of one workflow run that are read; a fork could upload thousands. */
const mostReports = 20;
const reportFile = 'report.json';

export const reportAction: Action = defineAction({
  name: 'report',
  description:
    'Comments on a pull request what a pipeline makes of it. Where the token may not, as in forks, it leaves the report in a file; after such a workflow it comments for it.',
  packages: true,
  permissions: ['contents: read', 'pull-requests: write'],
  inputs: {
    pipeline: {
      kind: 'text',
      description:
        'Name of the pipeline. Without it, in a workflow that `workflow_run` starts, the reports that the other one left.',
    },
    run: {
      kind: 'text',
      description: 'Id of the run. Without it the newest one of the commit that is checked out.',
    },
    base: {
      kind: 'text',
      description: 'The branch that the change goes to. Without it that of the pull request.',
    },
    site: { kind: 'text', description: 'Address of the static site, for a link.' },
    token,
    directory,
  },
  outputs: {
    commented: { description: '`true` when the pull request has the comment now, else `false`.' },
    changed: { description: 'Whether there is anything that a reviewer should read: `true` or `false`.' },
    verdict: { description: 'Of the run: `pass`, `fail` or `inconclusive`.' },
    artifact: {
      description: `Name for the artifact that hands the report over: \`${artifactPrefix}<pipeline>\`.`,
    },
    file: { description: 'The report, as JSON, to be uploaded where it was not commented.' },
    url: { description: 'Address of the comment.' },
  },
  run: async ({ inputs, effects, event, say }) => {
    const env = { ...effects.env, GITHUB_TOKEN: inputs.token };
    const world = { ...effects, env };
    if (inputs.pipeline === undefined) {
      const finished = finishedRun(event);
      if (finished === undefined) return failed([eventUnsuited('`workflow_run`, or the input `pipeline`')]);
      return await commentForFork(finished, world, say);
    }
    const options = {
      pipeline: inputs.pipeline,
      ...(inputs.run === undefined ? {} : { run: inputs.run }),
      ...(inputs.base === undefined ? {} : { base: inputs.base }),
    };
    const made = await report(options, world);
    if (!made.ok) return made;
    const kept = await keep(made.value, env);
    const site = inputs.site === undefined ? {} : { site: inputs.site };
    const addresses = { ...site, ...summaryOf(env) };
    const outcome: ActionOutcome = {
      outputs: {
        changed: String(made.value.changed),
        verdict: made.value.head.verdict,
        artifact: `${artifactPrefix}${made.value.pipeline}`,
        file: kept,
        commented: 'false',
      },
      summary: pullReportMarkdown(made.value, { ...addresses, budget: 900_000 }),
      annotations: made.value.problems.map(annotationOf),
    };
    const pull = pullEvent(event);
    if (pull === undefined || !mayComment(pull, env)) {
      say('This token may not comment: the report is in the file, for the workflow that may.');
      return success(outcome);
    }
    const url = await comment(made.value, pull.number, { env, addresses });
    if (!url.ok) return failed([url.failure]);
    return success({
      ...outcome,
      outputs: {
        ...outcome.outputs,
        commented: 'true',
        ...(url.value === undefined ? {} : { url: url.value }),
      },
    });
  },
});

/** A pull request of a fork has a token that only reads, whatever `permissions:` say; one of Dependabot, too. */
function mayComment({ isFork }: PullEvent, env: Effects['env']): boolean {
  return !isFork && env['GITHUB_ACTOR'] !== 'dependabot[bot]';
}

/** For the upload: a folder of the runner, where no step of the pipeline wrote. */
async function keep(report: PullReport, env: Effects['env']): Promise<string> {
  const folder = join(env['RUNNER_TEMP'] ?? '.', `${artifactPrefix}${report.pipeline}`);
  const file = join(folder, reportFile);
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(report));
  return file;
}

interface Saying {
  readonly env: Effects['env'];
  readonly addresses: { readonly site?: string; readonly summaryUrl?: string };
  readonly unverified?: boolean;
}

/** Gives the address of the comment; nothing where there is none, because nothing changed. */
async function comment(
  report: PullReport,
  issue: number,
  { env, addresses, unverified = false }: Saying,
): Promise<Result<string | undefined, Failure>> {
  const opened = await openGithub({ environment: env, sleep: (ms) => sleep(ms) });
  if (!opened.ok) return opened;
  await using access = opened.value;
  return await commentWith(access, { report, issue, addresses, unverified });
}

async function commentWith(
  access: GithubAccess,
  {
    report,
    issue,
    addresses,
    unverified,
  }: Omit<Saying, 'env'> & {
    readonly report: PullReport;
    readonly issue: number;
    readonly unverified: boolean;
  },
): Promise<Result<string | undefined, Failure>> {
  const marker = reportMarker(report.pipeline);
  const text = pullReportMarkdown(report, { ...addresses, unverified });
  const body = text.slice(text.indexOf('\n') + 1);
  const kept = await upsertComment(access, { issue, marker, body, onlyIfThere: !report.changed });
  if (!kept.ok) return kept;
  return success(kept.value.kind === 'none' ? undefined : kept.value.url);
}

/**
 * What the workflow of a fork left, said by one that may. Everything in it is hostile: the pull request is the one whose
 * head GitHub says it ran for, never one that a report names.
 */
async function commentForFork(
  run: FinishedRun,
  { env }: Pick<Effects, 'env'>,
  say: (text: string) => void,
): Promise<Result<ActionOutcome, readonly Failure[]>> {
  const nothing = success({ outputs: { commented: 'false' } });
  if (run.event !== 'pull_request') return nothing;
  const opened = await openGithub({ environment: env, sleep: (ms) => sleep(ms) });
  if (!opened.ok) return failed([opened.failure]);
  await using access = opened.value;
  const names = await artifactNames(access, run.id);
  if (!names.ok) return failed([names.failure]);
  const ours = names.value.filter((name) => name.startsWith(artifactPrefix));
  if (ours.length === 0) return nothing;
  const found = await findPull(access, run);
  if (!found.ok) return failed([found.failure]);
  if (found.value.kind !== 'found') {
    say(
      found.value.kind === 'moved'
        ? 'The pull request has a newer commit.'
        : 'No open pull request has this head.',
    );
    return nothing;
  }
  const { number } = found.value.pull;
  const failures: Failure[] = [];
  let url: string | undefined;
  for (const name of ours.slice(0, mostReports)) {
    const said = await commentOfArtifact(access, { name, run, number });
    if (said.ok) url = said.value ?? url;
    else failures.push(said.failure);
  }
  if (ours.length > mostReports) say(`${ours.length - mostReports} more reports are not read.`);
  return success({
    outputs: { commented: String(url !== undefined), ...(url === undefined ? {} : { url }) },
    failures,
  });
}

async function commentOfArtifact(
  access: GithubAccess,
  { name, run, number }: { readonly name: string; readonly run: FinishedRun; readonly number: number },
): Promise<Result<string | undefined, Failure>> {
  const bytes = await downloadArtifact(access, {
    run: run.id,
    name,
    file: reportFile,
    mostBytes: mostReportBytes,
  });
  if (!bytes.ok) return bytes;
  const read = await readPullReport(bytes.value);
  if (!read.ok) return read;
  const addresses = run.url === undefined ? {} : { summaryUrl: run.url };
  return await commentWith(access, { report: read.value, issue: number, addresses, unverified: true });
}

/** Page of the job's workflow run. */
function summaryOf(env: Effects['env']): { readonly summaryUrl?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server === undefined || repository === undefined || run === undefined
    ? {}
    : { summaryUrl: `${server}/${repository}/actions/runs/${run}` };
}

function annotationOf({ file, line, column, message, level }: PullReport['problems'][number]): Annotation {
  return {
    level,
    title: 'Trainyard',
    message,
    place: {
      file,
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    },
  };
}
