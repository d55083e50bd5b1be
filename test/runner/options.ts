import type { Forge, Json } from './forge.ts';

export interface RunnerOptions {
  readonly forge: Forge;
  /** Secrets and variables of a repository. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly environments?: Readonly<Record<string, Environment>>;
  /** Of machines that exist. A job that asks for another never starts. */
  readonly labels?: readonly string[];
  /** `using:` -> the Node that starts such actions. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** `owner/name` -> a folder that stands for the repository at whatever ref: a work tree with actions to try. */
  readonly actionFolders?: Readonly<Record<string, string>>;
  /** Kept from job to job, as on a machine of one's own; else each job has an empty one. */
  readonly toolCache?: string;
  /** Of a token in a workflow that names no permissions. */
  readonly tokenSetting?: 'read' | 'write';
  /** How long a minute of `timeout-minutes` takes. */
  readonly minuteMs?: number;
  /** From interrupt to the request to end, and from there to the kill. */
  readonly graceMs?: readonly [interrupt: number, end: number];
  /** Jobs at once. */
  readonly machines?: number;
  /** For every process, as if the machine had them. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Environment {
  readonly secrets?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Branch and tag patterns that may deploy; all when absent. */
  readonly branches?: readonly string[];
  /** Asked before the job begins: the required reviewers. */
  readonly protection?: (request: ProtectionRequest) => Promise<'approved' | 'rejected'>;
}

export interface ProtectionRequest {
  readonly environment: string;
  readonly runId: number;
  readonly job: string;
  readonly ref: string;
  readonly event: Json;
}

/** With everything that was left out. */
export interface Settings extends Required<Omit<RunnerOptions, 'toolCache'>> {
  readonly toolCache: string | undefined;
  /** The runner's own folder. */
  readonly folder: string;
}

export function settingsOf(options: RunnerOptions, folder: string): Settings {
  return {
    secrets: {},
    variables: {},
    environments: {},
    labels: ['ubuntu-latest', 'ubuntu-24.04'],
    nodes: { node20: process.execPath, node24: process.execPath },
    actionFolders: {},
    tokenSetting: 'read',
    minuteMs: 60_000,
    graceMs: [7500, 2500],
    machines: 2,
    environment: {},
    toolCache: undefined,
    ...options,
    folder,
  };
}
