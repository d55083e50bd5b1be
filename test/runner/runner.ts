import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConcurrencyGroups } from './concurrency.ts';
import { evaluateText } from './expressions.ts';
import type { Forge, ForgeEvent, Json } from './forge.ts';
import { at } from './forge.ts';
import { git } from './git.ts';
import type { RunnerOptions } from './options.ts';
import { settingsOf } from './options.ts';
import type { NotStarted, RunResult } from './result.ts';
import { Caches } from './run/caches.ts';
import { githubContext } from './run/github-context.ts';
import { runWorkflow } from './run/run-workflow.ts';
import { Slots } from './run/slots.ts';
import type { Yard } from './run/state.ts';
import { RunState } from './run/state.ts';
import { workflowRunEvent } from './run/workflow-run-event.ts';
import type { Occasion } from './workflow/occasion.ts';
import { occasionOf } from './workflow/occasion.ts';
import type { BadWorkflow, WorkflowFile } from './workflow/read-workflow.ts';
import { isBad, readWorkflow } from './workflow/read-workflow.ts';
import { dispatchInputs, whyNot } from './workflow/triggers.ts';

/** A workflow that follows a workflow that follows a workflow is the last. */
const longestChain = 3;
/** The token of a job starts nothing but these. */
const startedByTokens = new Set(['workflow_dispatch', 'repository_dispatch']);

/** Starts the workflows of a forge's repositories on its events, and keeps what they gave. */
export class Runner implements AsyncDisposable {
  readonly #forge: Forge;
  readonly #yard: Yard;
  readonly #folder: string;
  readonly #runs: RunState[] = [];
  readonly #notStarted: NotStarted[] = [];
  readonly #chain = new Map<RunState, number>();
  readonly #work = new Set<Promise<void>>();
  readonly #errors: unknown[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #files = new Map<string, Promise<readonly (WorkflowFile | BadWorkflow)[]>>();
  readonly #workflows = new Map<string, Promise<WorkflowFile | BadWorkflow>>();
  readonly #unsubscribe: () => void;
  #ids = 7000;

  constructor(options: RunnerOptions) {
    this.#forge = options.forge;
    this.#folder = mkdtempSync(join(tmpdir(), 'trainyard-runner-'));
    const settings = settingsOf(options, this.#folder);
    this.#yard = {
      settings,
      forge: options.forge,
      groups: new ConcurrencyGroups(),
      slots: new Slots(settings.machines),
      caches: new Caches(join(this.#folder, 'caches')),
      runOf: (id) => this.#runs.find((run) => run.id === id),
      nextId: () => options.forge.nextId?.() ?? ++this.#ids,
    };
    this.#unsubscribe = options.forge.subscribe((event) => this.deliver(event));
  }

  /** All runs, in the order in which they began. */
  get runs(): readonly RunResult[] {
    return this.#runs.map((run) => run.result());
  }

  /** Workflows that listen to an event that came, and why they rested. */
  get notStarted(): readonly NotStarted[] {
    return this.#notStarted;
  }

  /** An event that the forge did not send by itself: a schedule's hour, a button. */
  deliver(event: ForgeEvent): void {
    this.#track(this.#start(event, 1));
  }

  /** The hour of a schedule has come. */
  schedule(repository: string, cron: string): void {
    const payload = { schedule: cron, repository: { full_name: repository } };
    this.deliver({ name: 'schedule', repository, actor: 'github-actions', byJobToken: false, payload });
  }

  /** Somebody pressed the button "Cancel run". */
  cancel(id: number): void {
    this.#runs.find((run) => run.id === id)?.cancel('The run was canceled by @somebody.');
  }

  /** Resolves when nothing runs and nothing waits; rejects when the runner itself is at fault. */
  async idle(): Promise<readonly RunResult[]> {
    while (this.#work.size > 0) await Promise.all(this.#work);
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, String(this.#errors[0]));
    return this.runs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    for (const run of this.#runs) run.cancel('the test is over');
    while (this.#work.size > 0) await Promise.all(this.#work);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => {
        this.#errors.push(error);
      })
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  async #start(event: ForgeEvent, chain: number): Promise<void> {
    const refuse = (workflow: string, why: string): void => {
      this.#notStarted.push({ event: event.name, workflow, why });
    };
    if (event.byJobToken && !startedByTokens.has(event.name)) {
      return refuse('*', event.why ?? 'the token of a job did it, and that starts nothing');
    }
    if (chain > longestChain) return refuse('*', `it would be the ${chain}th workflow of a chain`);
    const occasion = await occasionOf(this.#forge, event);
    if (typeof occasion === 'string') return refuse('*', occasion);
    for (const workflow of await this.#workflowsAt(occasion)) {
      if (isBad(workflow)) {
        // GitHub shows a failed run for a file that it cannot read, on a push.
        if (event.name === 'push') this.#recordBad(occasion, workflow);
        else refuse(workflow.path, workflow.problems.join('; '));
        continue;
      }
      const why = await whyNot(workflow, occasion);
      if (why === undefined) continue;
      if (why !== '') {
        refuse(workflow.path, why);
        continue;
      }
      const inputs = event.name === 'workflow_dispatch' ? dispatchInputs(workflow, event.payload) : {};
      if (typeof inputs === 'string') refuse(workflow.path, inputs);
      else this.#begin(occasion, workflow, inputs, chain);
    }
  }

  /** Files of a commit do not change: they are read once. */
  async #workflowsAt({ repository, sha }: Occasion): Promise<readonly (WorkflowFile | BadWorkflow)[]> {
    const key = `${repository}@${sha}`;
    const known = this.#files.get(key) ?? this.#read(this.#forge.gitFolder(repository)!, sha);
    this.#files.set(key, known);
    return known;
  }

  async #read(folder: string, sha: string): Promise<(WorkflowFile | BadWorkflow)[]> {
    const listed = await git(folder, 'ls-tree', '-z', sha, '.github/workflows/');
    const blobs = [...listed.matchAll(/\d+ blob ([0-9a-f]+)\t([^\0]+\.ya?ml)\0/g)];
    return Promise.all(
      blobs.map(([, blob, path]) => {
        const key = `${path} ${blob}`;
        const known =
          this.#workflows.get(key) ??
          git(folder, 'cat-file', 'blob', blob!).then((text) => readWorkflow(path!, text));
        this.#workflows.set(key, known);
        return known;
      }),
    );
  }

  #begin(occasion: Occasion, workflow: WorkflowFile, inputs: Json, chain: number): void {
    const payload =
      occasion.event === 'workflow_dispatch' ? withInputs(occasion.payload, inputs) : occasion.payload;
    const run = this.#newRun({ ...occasion, payload }, workflow, inputs);
    this.#chain.set(run, chain);
    let told = '';
    const changed = (): void => {
      if (run.status === told) return;
      told = run.status;
      const event = workflowRunEvent(this.#yard, run);
      this.#forge.runChanged?.(event.forgeRun);
      this.#track(this.#start(event.event, chain + 1));
    };
    this.#track(runWorkflow(this.#yard, run, inputs, changed));
  }

  #newRun(occasion: Occasion, workflow: WorkflowFile, inputs: Json): RunState {
    const number = (this.#numbers.get(workflow.path) ?? 0) + 1;
    this.#numbers.set(workflow.path, number);
    const made = { id: this.#yard.nextId(), number, occasion, workflow, title: workflow.name };
    const run = new RunState(made);
    const named = workflow.root['run-name'];
    if (named !== undefined) {
      const contexts = {
        github: githubContext(this.#yard, run),
        inputs,
        vars: this.#yard.settings.variables,
      };
      run.title = evaluateText(named, { contexts, status: undefined, hashFiles: undefined });
    }
    this.#runs.push(run);
    return run;
  }

  #recordBad(occasion: Occasion, { path, problems }: BadWorkflow): void {
    const run = this.#newRun(occasion, { path, name: path, on: {}, jobs: new Map(), root: {} }, {});
    run.problems.push(...problems);
    run.conclusion = 'startup_failure';
    run.status = 'completed';
  }
}

/** `github.event.inputs` holds texts, `inputs` holds types. */
function withInputs(payload: Json, inputs: Json): Json {
  const texts = Object.entries(inputs).map(([name, value]) => [name, String(value)]);
  return { ...payload, inputs: Object.fromEntries(texts), workflow: at(payload, 'workflow') };
}
