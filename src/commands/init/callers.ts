// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of workflows are written so
import type { CallerSettings } from './caller-settings.ts';

export interface Caller {
  readonly title: string;
  /** One line, for the head of the file. */
  readonly about: string;
  /** Lines below `on:`. */
  readonly on: readonly string[];
  /** Exactly what the jobs of the workflow that is called ask for. */
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly concurrency: readonly string[];
  readonly with?: Readonly<Record<string, string>>;
}

/** What a workflow needs that may train, record, register and deploy. */
const release: Caller['permissions'] = {
  actions: 'read',
  contents: 'write',
  deployments: 'write',
  'id-token': 'write',
  packages: 'write',
};

/** Nobody who waits is thrown out, and nobody who runs is ended. */
function queue(group: string): readonly string[] {
  return [`group: ${group}`, 'cancel-in-progress: false', 'queue: max'];
}

/** By the workflow that each of them calls, in the order of a model's life. */
export const callers: Readonly<Record<CallerName, (settings: CallerSettings) => Caller>> = {
  'pull-request': () => ({
    title: 'Trainyard pull request',
    about: 'Validates and trains what a pull request changes, and comments what came of it.',
    on: ['pull_request:'],
    permissions: { actions: 'read', contents: 'read', 'pull-requests': 'write' },
    concurrency: [
      'group: trainyard-pull-request-${{ github.event.pull_request.number }}',
      'cancel-in-progress: true',
    ],
  }),
  'pull-request-comment': () => ({
    title: 'Trainyard comment',
    about:
      'Comments what a pull request of a fork made, whose own token may not. Nothing of the fork runs here.',
    on: [
      'workflow_run: # zizmor: ignore[dangerous-triggers]',
      '  workflows: [Trainyard pull request]',
      '  types: [completed]',
    ],
    permissions: { actions: 'read', 'pull-requests': 'write' },
    concurrency: [
      'group: trainyard-comment-${{ github.event.workflow_run.head_sha }}',
      'cancel-in-progress: false',
    ],
  }),
  main: ({ branch }) => ({
    title: 'Trainyard main',
    about:
      'Trains, records and registers what a commit changes; deploys to the stages that take every version.',
    on: ['push:', `  branches: [${JSON.stringify(branch)}]`],
    permissions: { ...release, 'pull-requests': 'read' },
    concurrency: queue('trainyard-main'),
  }),
  promote: () => ({
    title: 'Trainyard promote',
    about: 'Decides about a stage when a tag such as heart-disease#production#7 is pushed, or by a button.',
    on: [
      'push:',
      '  tags: ["*#*#*"]',
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
    permissions: { contents: 'write', deployments: 'write', packages: 'write' },
    concurrency: queue('trainyard-promote'),
    with: {
      model: '${{ inputs.model }}',
      stage: '${{ inputs.stage }}',
      why: '${{ inputs.why }}',
      rollback: '${{ inputs.rollback || false }}',
      to: '${{ inputs.to }}',
    },
  }),
  schedule: ({ schedules }) => ({
    title: 'Trainyard schedule',
    about: 'Trains pipelines anew at the times that their `on: schedule` says, in UTC.',
    on: ['schedule:', ...schedules.map((cron) => `  - cron: ${JSON.stringify(cron)}`)],
    permissions: release,
    concurrency: queue('trainyard-schedule'),
  }),
  dispatch: () => ({
    title: 'Trainyard dispatch',
    about:
      'Trains by a button, or when another system sends the event `trainyard`, with or without new rows.',
    on: [
      'workflow_dispatch:',
      '  inputs:',
      '    pipelines:',
      '      description: "Names of pipelines, with commas between; empty for all"',
      '      type: string',
      '      required: false',
      'repository_dispatch:',
      '  types: [trainyard]',
    ],
    permissions: release,
    concurrency: queue('trainyard-dispatch'),
    with: { pipelines: '${{ inputs.pipelines }}' },
  }),
  'watch-data': () => ({
    title: 'Trainyard data',
    about: 'Trains pipelines with `on: data` when their data is other than that of their newest run.',
    on: ['schedule:', '  - cron: "41 * * * *"', 'workflow_dispatch:'],
    permissions: release,
    concurrency: queue('trainyard-data'),
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
