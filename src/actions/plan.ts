import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Effects, Occasion } from '../commands/index.ts';
import { mergedRun, planJobs, readPayload } from '../commands/index.ts';
import { markdownCode, markdownText } from '../report/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';
import { inputInvalid, wavesTooMany } from './failures.ts';

/** As many as the workflows have jobs for, one after the other. */
const mostWaves = 3;

export const planAction: Action = defineAction({
  name: 'plan',
  description: 'Says which pipelines an event concerns, and how their steps are split over jobs.',
  packages: true,
  permissions: ['contents: read'],
  inputs: {
    for: {
      kind: 'text',
      description:
        '`pull_request`, `push`, `schedule`, `data` (unchanged data concerns nobody), `received` (the same of pipelines that an event brought rows for) or `dispatch` (all). Without it by the event that started the workflow.',
    },
    pipelines: {
      kind: 'text',
      description:
        'Only these pipelines, with commas between. Without it, those that `client_payload.pipelines` of a `repository_dispatch` names.',
    },
    reuse: {
      kind: 'flag',
      default: 'false',
      description:
        'Looks for the workflow run that tested the pull request of which the commit is the merge. The token then needs `actions: read` and `pull-requests: read`.',
    },
    token,
    directory,
  },
  outputs: {
    pipelines: {
      description:
        'Those that are concerned, as JSON for a matrix: `[{"name": "heart-disease", "waves": [[{"name": "job-1", "runs-on": [], "steps": "validate\\ntrain"}]]}]`.',
    },
    any: { description: '`true` when there is one, else `false`.' },
    'reuse-run': { description: 'With `reuse`: id of that workflow run, empty when there is none.' },
  },
  run: async ({ inputs, effects, event, say }) => {
    const asked = inputs.for ?? eventKind(effects.env['GITHUB_EVENT_NAME']);
    const occasion = occasionOf(asked, event);
    if (occasion === undefined) {
      const words = '`pull_request`, `push`, `schedule`, `data`, `received` or `dispatch`';
      return failed([inputInvalid('for', asked, words)]);
    }
    const named = inputs.pipelines === undefined ? askedFor(event) : success(namesOf(inputs.pipelines));
    if (!named.ok) return named;
    const planned = await planJobs(
      { occasion, pipelines: named.value },
      { ...effects, env: { ...effects.env, GITHUB_TOKEN: inputs.token, TRAINYARD_STORE_ACCESS: 'read' } },
    );
    if (!planned.ok) return planned;
    const { concerned, others } = planned.value;
    const long = concerned.filter(({ waves }) => waves.length > mostWaves);
    if (long.length > 0)
      return failed(long.map(({ name, waves }) => wavesTooMany(name, waves.length, mostWaves)));
    for (const { name, because } of [...concerned, ...others]) say(`${name}: ${because}`);
    const pipelines = concerned.map(({ name, waves }) => ({
      name,
      waves: waves.map((groups, i) =>
        groups.map(({ runsOn, steps }, j) => ({
          // A part of names of artifacts, too: another one for each group of a wave, whatever its labels are.
          name:
            runsOn.length === 0
              ? `job-${i + 1}`
              : `${runsOn.join('-').replaceAll(/[^\w.-]+/g, '-')}-${j + 1}`,
          'runs-on': runsOn,
          steps: steps.join('\n'),
        })),
      ),
    }));
    const names = pipelines.map(({ name }) => name);
    const run = inputs.reuse && names.length > 0 ? await reusable(names, inputs.token, effects) : undefined;
    const lines = [
      ...concerned.map(({ name, because }) => `- ${markdownCode(name)}: ${markdownText(because)}`),
      ...others.map(({ name, because }) => `- not ${markdownCode(name)}: ${markdownText(because)}`),
    ];
    return success({
      outputs: {
        pipelines: JSON.stringify(pipelines),
        any: String(pipelines.length > 0),
        'reuse-run': run === undefined ? '' : String(run),
      },
      summary: `### Pipelines\n\n${lines.length === 0 ? 'There is none.' : lines.join('\n')}\n`,
    });
  },
});

function eventKind(name: string | undefined): string {
  switch (name) {
    case 'pull_request':
    case 'push':
    case 'schedule':
      return name;
    case 'merge_group':
      return 'pull_request';
    default:
      return 'dispatch';
  }
}

/** Texts of the event are looked up in this repository, and are nothing else. */
function occasionOf(kind: string, event: Readonly<Record<string, unknown>>): Occasion | undefined {
  switch (kind) {
    case 'pull_request': {
      const queued = event['merge_group'];
      if (queued !== undefined) {
        const branch = text(member(queued, 'base_ref'))?.replace(/^refs\/heads\//, '');
        return { kind, base: commit(member(queued, 'base_sha')), branch };
      }
      const base = member(member(event, 'pull_request'), 'base');
      return { kind, base: commit(member(base, 'sha')), branch: text(member(base, 'ref')) };
    }
    case 'push':
      return {
        kind,
        base: commit(event['before']),
        branch: text(event['ref'])?.replace(/^refs\/heads\//, ''),
      };
    case 'schedule':
      return { kind, cron: text(event['schedule']) };
    case 'data':
    case 'dispatch':
      return { kind };
    case 'received':
      return { kind: 'data', received: true };
    default:
      return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The first push of a branch has no commit before it. */
function commit(value: unknown): string | undefined {
  const id = text(value);
  return id !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(id) && !/^0+$/.test(id) ? id : undefined;
}

/** Of a `repository_dispatch`: names, which are looked up below `pipelines/` and are nothing else. */
function askedFor(event: Readonly<Record<string, unknown>>): Result<readonly string[], readonly Failure[]> {
  const read = readPayload(event['client_payload']);
  return read.ok ? success(read.value.pipelines) : failed([read.failure]);
}

function namesOf(list: string): readonly string[] {
  return list
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A pull request's results only save time: when nobody can tell, everything is executed. */
async function reusable(
  pipelines: readonly string[],
  token: string,
  { env }: Effects,
): Promise<number | undefined> {
  const commit = env['GITHUB_SHA'] ?? '';
  if (!/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const found = await mergedRun(commit, pipelines, { env: { ...env, GITHUB_TOKEN: token } });
  return found.ok ? found.value : undefined;
}
