import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Effects } from '../commands/index.ts';
import { report } from '../commands/index.ts';
import { openGithub, upsertComment } from '../github/index.ts';
import type { PullReport } from '../report/index.ts';
import { pullReportMarkdown, reportMarker } from '../report/index.ts';
import type { Action, ActionOutcome } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';
import type { PullEvent } from './events.ts';
import { finishedRun, pullEvent } from './events.ts';
import { eventUnsuited } from './failures.ts';
import { artifactPrefix, commentForFork, reportFile, withoutMarker } from './fork-comment.ts';

export const reportAction: Action = defineAction({
  name: 'report',
  description:
    'Comments on a pull request what a pipeline makes of it. Where the token may not, as in forks, it leaves the report in a file; after such a workflow it comments for it.',
  packages: true,
  // What strangers left is read and commented in seconds, on a runner that computes nothing.
  goesWithoutPackages: ({ pipeline }) => pipeline === undefined,
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
      return await commentForFork(finished, world, { site: inputs.site, say });
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
      // What breaks a contract is shown at its line by `validate`, in the same workflow: twice would be noise.
      summary: pullReportMarkdown(made.value, { ...addresses, budget: 900_000 }),
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
}

/** Gives the address of the comment; nothing where there is none, because nothing changed. */
async function comment(
  report: PullReport,
  issue: number,
  { env, addresses }: Saying,
): Promise<Result<string | undefined, Failure>> {
  const opened = await openGithub({ environment: env, sleep: (ms) => sleep(ms) });
  if (!opened.ok) return opened;
  await using access = opened.value;
  const kept = await upsertComment(access, {
    issue,
    marker: reportMarker(report.pipeline),
    body: withoutMarker(pullReportMarkdown(report, addresses)),
    onlyIfThere: !report.changed,
  });
  if (!kept.ok) return kept;
  return success(kept.value.kind === 'none' ? undefined : kept.value.url);
}

/** Page of the job's workflow run. */
function summaryOf(env: Effects['env']): { readonly summaryUrl?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server === undefined || repository === undefined || run === undefined
    ? {}
    : { summaryUrl: `${server}/${repository}/actions/runs/${run}` };
}
