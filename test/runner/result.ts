import type { Permissions } from './forge.ts';

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly endLine: number | undefined;
  readonly column: number | undefined;
}

export interface StepResult {
  /** As in the file; a step without one has none. */
  readonly id: string | undefined;
  readonly name: string;
  /** Before and after `continue-on-error`. */
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  /** What a reader of the log would see: masked. */
  readonly log: string;
  /** Those that GitHub shows: the first ten of each level. */
  readonly annotations: readonly Annotation[];
  readonly annotationsDropped: number;
  /** Markdown; masked. */
  readonly summary: string;
}

export interface JobResult {
  /** The key in the file; in a called workflow `caller/key`. */
  readonly id: string;
  /** What the page of the run shows: `test (20, linux)`, `call / build`. */
  readonly name: string;
  readonly matrix: Readonly<Record<string, unknown>> | undefined;
  readonly conclusion: Conclusion;
  /** What jobs that need it see: a failure with `continue-on-error` is a success. */
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly permissions: Permissions;
  readonly runsOn: readonly string[];
  readonly environment: string | undefined;
  readonly steps: readonly StepResult[];
  /** Errors of the job itself: never started, timed out, refused by an environment. */
  readonly annotations: readonly Annotation[];
  readonly summary: string;
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly folder: string;
  readonly sizeInBytes: number;
  readonly digest: string;
}

export interface Attestation {
  readonly job: string;
  readonly name: string;
  readonly digest: string;
  readonly predicateType: string;
}

export interface RunResult {
  readonly id: number;
  readonly number: number;
  readonly repository: string;
  readonly workflow: string;
  readonly path: string;
  readonly title: string;
  readonly event: string;
  readonly actor: string;
  readonly ref: string;
  readonly sha: string;
  readonly headBranch: string | null;
  readonly headSha: string;
  readonly headRepository: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  /** `startup_failure`: the files are wrong, no job began; `problems` says what. */
  readonly conclusion: Conclusion | 'startup_failure' | undefined;
  readonly problems: readonly string[];
  readonly jobs: readonly JobResult[];
  readonly artifacts: readonly Artifact[];
  readonly attestations: readonly Attestation[];
}

/** An event came, a workflow listens to such events, and still nothing began. */
export interface NotStarted {
  readonly event: string;
  readonly workflow: string;
  readonly why: string;
}
