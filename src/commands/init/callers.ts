// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of workflows are written so
import type { CallerSettings } from './caller-settings.ts';
import { nameOfProject, suffixOf, yamlText } from './project-name.ts';

export interface Caller {
  readonly title: string;
  /** One line, for the head of the file. */
  readonly about: string;
  /** Lines below `on:`. */
  readonly on: readonly string[];
  /** Exactly what the jobs of the workflow that is called ask for. */
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Of whole runs; without it the jobs that are called queue by themselves. */
  readonly concurrency?: readonly string[];
  readonly with?: Readonly<Record<string, string>>;
}

/** What a workflow needs that may train, record, register and deploy. */
const release: Caller['permissions'] = {
  actions: 'read',
  contents: 'write',
  'id-token': 'write',
  packages: 'write',
};

/** Nobody who waits is thrown out, and nobody who runs is ended. */
function queue(group: string, directory: string): readonly string[] {
  return [`group: trainyard-${group}${suffixOf(directory)}`, 'cancel-in-progress: false', 'queue: max'];
}

/** Refusals end with an exclamation mark before the number, and ask for nothing. */
function tagsOf(models: readonly string[] | undefined): string {
  const asked = models === undefined || models.length === 0 ? ['*#*#*'] : models.map((name) => `${name}#*#*`);
  return [...asked, '!*!#*'].map((pattern) => JSON.stringify(pattern)).join(', ');
}

/** By the workflow that each of them calls, in the order of a model's life. */
export const callers: Readonly<Record<CallerName, (settings: CallerSettings) => Caller>> = {
  'pull-request': ({ directory }) => ({
    title: nameOfProject('Trainyard pull request', directory),
    about: 'Validates and trains what a pull request changes, and comments what came of it.',
    on: ['pull_request:', 'merge_group:'],
    permissions: { actions: 'read', contents: 'read', packages: 'read', 'pull-requests': 'write' },
    concurrency: [
      `group: trainyard-pull-request${suffixOf(directory)}-\${{ github.event.pull_request.number || github.ref }}`,
      "cancel-in-progress: ${{ github.event_name == 'pull_request' }}",
    ],
  }),
  'pull-request-comment': ({ directory }) => ({
    title: nameOfProject('Trainyard comment', directory),
    about:
      'Comments what a pull request of a fork made, whose own token may not. Nothing of the fork runs here.',
    on: [
      'workflow_run: # zizmor: ignore[dangerous-triggers] checks out and executes nothing of the fork',
      `  workflows: [${yamlText(nameOfProject('Trainyard pull request', directory))}]`,
      '  types: [completed]',
    ],
    permissions: { actions: 'read', 'pull-requests': 'write' },
    concurrency: [
      `group: trainyard-comment${suffixOf(directory)}-\${{ github.event.workflow_run.head_sha }}`,
      'cancel-in-progress: false',
    ],
  }),
  main: ({ branch, branches = [], directory }) => ({
    title: nameOfProject('Trainyard main', directory),
    about:
      'Trains, records and registers what a commit changes; deploys to the stages that take every version.',
    on: [
      'push:',
      `  branches: [${[...new Set([branch, ...branches])].map((each) => JSON.stringify(each)).join(', ')}]`,
    ],
    permissions: { ...release, 'pull-requests': 'read' },
    concurrency: queue('main', directory),
  }),
  promote: ({ directory, models }) => ({
    title: nameOfProject('Trainyard promote', directory),
    about: 'Decides about a stage when a tag such as heart-disease#production#7 is pushed, or by a button.',
    on: [
      'push:',
      `  tags: [${tagsOf(models)}] # the last: refusals, which ask for nothing`,
      'workflow_dispatch:',
      '  inputs:',
      '    model:',
      '      description: "A model or a version, such as heart-disease@v1.4.0"',
      '      type: string',
      '      required: true',
      '    stage:',
      '      description: The stage to come to, or to roll back',
      '      type: string',
      '      required: true',
      '    why:',
      '      description: Why; it is written into the tag',
      '      type: string',
      '      required: true',
      '    rollback:',
      '      description: Bring back what stood there before',
      '      type: boolean',
      '      default: false',
      '    to:',
      '      description: "With a rollback, the version to bring back"',
      '      type: string',
      '      required: false',
    ],
    permissions: { contents: 'write', packages: 'write', 'pull-requests': 'write' },
    // No queue of whole runs: a deployment that waits for its reviewers must not hold up the next decision.
    with: {
      model: '${{ inputs.model }}',
      stage: '${{ inputs.stage }}',
      why: '${{ inputs.why }}',
      rollback: '${{ inputs.rollback || false }}',
      to: '${{ inputs.to }}',
    },
  }),
  schedule: ({ schedules, directory }) => ({
    title: nameOfProject('Trainyard schedule', directory),
    about: 'Trains pipelines anew at the times that their `on: schedule` says, in UTC.',
    on: ['schedule:', ...schedules.map((cron) => `  - cron: ${JSON.stringify(cron)}`)],
    permissions: release,
    concurrency: queue('schedule', directory),
  }),
  dispatch: ({ directory }) => ({
    title: nameOfProject('Trainyard dispatch', directory),
    about: `Trains by a button, or when another system sends the event \`trainyard${suffixOf(directory)}\`, with or without new rows.`,
    on: [
      'workflow_dispatch:',
      '  inputs:',
      '    pipelines:',
      '      description: "Names of pipelines, with commas between; empty for all"',
      '      type: string',
      '      required: false',
      'repository_dispatch:',
      `  types: [trainyard${suffixOf(directory)}]`,
    ],
    permissions: release,
    concurrency: queue('dispatch', directory),
    with: { pipelines: '${{ inputs.pipelines }}' },
  }),
  'watch-data': ({ directory }) => ({
    title: nameOfProject('Trainyard data', directory),
    about: 'Trains pipelines with `on: data` when their data is other than that of their newest run.',
    on: ['schedule:', '  - cron: "41 4 * * *"', 'workflow_dispatch:'],
    permissions: release,
    concurrency: queue('data', directory),
  }),
};

export type CallerName = (typeof callerNames)[number];

export const callerNames = [
  'pull-request',
  'pull-request-comment',
  'main',
  'promote',
  'schedule',
  'dispatch',
  'watch-data',
] as const;
