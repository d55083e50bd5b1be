import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope, Status } from '../expressions.ts';
import { hashOfFiles } from '../files.ts';
import type { Json, Permissions } from '../forge.ts';
import type { Annotation, StepResult } from '../result.ts';
import { githubContext, githubVariables } from '../run/github-context.ts';
import type { Frame, Source, Yard } from '../run/state.ts';
import type { StepLog } from '../steps/log.ts';
import { Masks } from '../steps/masks.ts';

/** The steps of a job, or of a composite action: what they see that others do not. */
export interface StepLevel {
  readonly inputs: Json;
  /** By id; grows as steps end. */
  readonly steps: Record<string, StepContext>;
  /** Composite actions see none. */
  readonly secrets: Readonly<Record<string, string>> | undefined;
  /** Failures of the level itself: a composite action starts with none. */
  failed: boolean;
  /** On top of the job's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly action: RunningAction | undefined;
  /** What `$/` means. */
  readonly source: Source;
}

export interface StepContext {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: string;
  readonly conclusion: string;
}

export interface RunningAction {
  readonly path: string;
  readonly repository: string;
  readonly ref: string;
}

/** Work for the end of the job, last one first. */
export interface Post {
  readonly name: string;
  readonly condition: string;
  readonly level: StepLevel;
  readonly environment: Readonly<Record<string, string>>;
  readonly perform: (step: OpenStep) => Promise<void>;
}

/** What a step gets to work with. */
export interface OpenStep {
  readonly log: StepLog;
  readonly signal: AbortSignal;
  readonly outputs: Record<string, string>;
  readonly state: Record<string, string>;
  readonly summaries: string[];
}

/** One job on its machine: folders, environment, status. Every job gets an empty machine. */
export class JobState {
  readonly yard: Yard;
  readonly frame: Frame;
  readonly id: string;
  readonly contexts: Json;
  readonly permissions: Permissions;
  readonly token: string;
  readonly signal: AbortSignal;
  readonly masks: Masks = new Masks();
  readonly workspace: string;
  readonly home: string;
  readonly temp: string;
  readonly toolCache: string;
  /** Of the workflow, the job, and what steps wrote into GITHUB_ENV. */
  readonly environment: Record<string, string> = {};
  readonly path: string[] = [];
  readonly results: StepResult[] = [];
  readonly annotations: Annotation[] = [];
  readonly posts: Post[] = [];
  /** Processes that steps left running. */
  readonly groups: number[] = [];
  /** Variables with which it may ask for an identity. */
  readonly identity: Record<string, string> = {};
  failed = false;

  constructor(made: {
    readonly yard: Yard;
    readonly frame: Frame;
    readonly id: string;
    readonly folder: string;
    readonly contexts: Json;
    readonly permissions: Permissions;
    readonly token: string;
    readonly signal: AbortSignal;
  }) {
    this.yard = made.yard;
    this.frame = made.frame;
    this.id = made.id;
    this.contexts = made.contexts;
    this.permissions = made.permissions;
    this.token = made.token;
    this.signal = made.signal;
    const repository = made.frame.run.occasion.repository.split('/')[1]!;
    this.workspace = join(made.folder, 'work', repository, repository);
    this.home = join(made.folder, 'home');
    this.temp = join(made.folder, 'temp');
    this.toolCache = made.yard.settings.toolCache ?? join(made.folder, 'tool-cache');
    for (const folder of [this.workspace, this.home, join(this.temp, 'commands'), this.toolCache]) {
      mkdirSync(folder, { recursive: true });
    }
    mkdirSync(join(this.temp, '_github_workflow'), { recursive: true });
    writeFileSync(this.eventPath, JSON.stringify(made.frame.run.occasion.payload, undefined, 2));
  }

  get eventPath(): string {
    return join(this.temp, '_github_workflow', 'event.json');
  }

  get cancelled(): boolean {
    return this.signal.aborted;
  }

  get status(): 'success' | 'failure' | 'cancelled' {
    return this.cancelled ? 'cancelled' : this.failed ? 'failure' : 'success';
  }

  statusFor(level: StepLevel): Status {
    return {
      success: !this.cancelled && !level.failed,
      failure: !this.cancelled && level.failed,
      cancelled: this.cancelled,
    };
  }

  github(level: StepLevel, stepId: string): Json {
    return {
      ...githubContext(this.yard, this.frame.run),
      token: this.token,
      job: this.id.split('/').at(-1),
      workspace: this.workspace,
      event_path: this.eventPath,
      action: stepId,
      action_path: level.action?.path ?? '',
      action_repository: level.action?.repository ?? '',
      action_ref: level.action?.ref ?? '',
      action_status: level.failed ? 'failure' : 'success',
    };
  }

  scope(level: StepLevel, stepId: string, environment: Readonly<Record<string, string>>): Scope {
    const secrets = level.secrets === undefined ? {} : { secrets: level.secrets };
    return {
      contexts: {
        ...this.contexts,
        github: this.github(level, stepId),
        env: { ...this.environment, ...level.environment, ...environment },
        job: {
          status: this.status,
          workflow_repository: this.frame.source.repository,
          workflow_sha: this.frame.source.sha,
        },
        steps: level.steps,
        runner: this.runner(),
        inputs: level.inputs,
        ...secrets,
      },
      status: this.statusFor(level),
      hashFiles: (patterns) => hashOfFiles(patterns, this.workspace),
    };
  }

  runner(): Json {
    return {
      os: 'Linux',
      arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
      name: 'test',
      environment: 'github-hosted',
      temp: this.temp,
      tool_cache: this.toolCache,
    };
  }

  /** The environment of a process of a step. GitHub's own variables win. */
  variables(
    level: StepLevel,
    stepId: string,
    step: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const runner = Object.fromEntries(
      Object.entries(this.runner()).map(([name, value]) => [`RUNNER_${name.toUpperCase()}`, String(value)]),
    );
    const given = { ...this.environment, ...level.environment, ...step };
    const basePath = given['PATH'] ?? this.yard.settings.environment['PATH'] ?? systemPath;
    return {
      HOME: this.home,
      LANG: 'C.UTF-8',
      CI: 'true',
      ...this.yard.settings.environment,
      ...given,
      ...this.identity,
      PATH: [...[...this.path].reverse(), basePath].join(':'),
      ...githubVariables(this.github(level, stepId)),
      ...(level.action === undefined ? {} : actionVariables(level.action)),
      ...runner,
      GITHUB_ACTIONS: 'true',
    };
  }
}

function actionVariables({ path, repository, ref }: RunningAction): Record<string, string> {
  return { GITHUB_ACTION_PATH: path, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref };
}

const systemPath = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';
