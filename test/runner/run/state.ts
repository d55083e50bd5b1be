import type { ConcurrencyGroups } from '../concurrency.ts';
import type { Forge, Permissions } from '../forge.ts';
import type { Settings } from '../options.ts';
import type { Artifact, Attestation, JobResult, RunResult } from '../result.ts';
import type { Occasion } from '../workflow/occasion.ts';
import type { WorkflowFile } from '../workflow/read-workflow.ts';
import type { Caches } from './caches.ts';
import type { Slots } from './slots.ts';

/** What all runs share. */
export interface Yard {
  readonly settings: Settings;
  readonly forge: Forge;
  readonly groups: ConcurrencyGroups;
  readonly slots: Slots;
  readonly caches: Caches;
  /** Artifacts of other runs, for `run-id`. */
  runOf(id: number): RunState | undefined;
  nextId(): number;
}

/** One run while it goes on. */
export class RunState {
  readonly id: number;
  readonly number: number;
  readonly occasion: Occasion;
  readonly workflow: WorkflowFile;
  title: string;
  status: RunResult['status'] = 'queued';
  conclusion: RunResult['conclusion'] = undefined;
  readonly problems: string[] = [];
  readonly jobs: JobResult[] = [];
  readonly artifacts: Artifact[] = [];
  readonly attestations: Attestation[] = [];
  readonly abort: AbortController = new AbortController();

  constructor(made: {
    readonly id: number;
    readonly number: number;
    readonly occasion: Occasion;
    readonly workflow: WorkflowFile;
    readonly title: string;
  }) {
    this.id = made.id;
    this.number = made.number;
    this.occasion = made.occasion;
    this.workflow = made.workflow;
    this.title = made.title;
  }

  get cancelled(): boolean {
    return this.abort.signal.aborted;
  }

  cancel(why: string): void {
    if (this.status === 'completed' || this.cancelled) return;
    this.problems.push(why);
    this.abort.abort(why);
  }

  result(): RunResult {
    const { id, number, occasion, workflow } = this;
    return {
      id,
      number,
      repository: occasion.repository,
      workflow: workflow.name,
      path: workflow.path,
      title: this.title,
      event: occasion.event,
      actor: occasion.actor,
      ref: occasion.ref,
      sha: occasion.sha,
      headBranch: occasion.headBranch,
      headSha: occasion.headSha,
      headRepository: occasion.headRepository,
      status: this.status,
      conclusion: this.conclusion,
      problems: [...this.problems],
      jobs: [...this.jobs],
      artifacts: [...this.artifacts],
      attestations: [...this.attestations],
    };
  }
}

/** A workflow of a run: its own, or one that a job calls. */
export interface Frame {
  readonly run: RunState;
  readonly file: WorkflowFile;
  /** Where the file was read: `$/` and the nested `./` mean this. */
  readonly source: Source;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What the jobs may have at most: the caller's. */
  readonly permissions: Permissions | undefined;
  /** `call / ` before the names of the jobs of a called workflow, `call/` before their ids. */
  readonly namePrefix: string;
  readonly idPrefix: string;
}

export interface Source {
  readonly repository: string;
  readonly sha: string;
}
