import type { Failure, Json } from '../../base/index.ts';
import type { Artifact, CacheEntry } from '../cache.ts';
import type { Contexts } from '../expressions.ts';
import type { StepOutcome } from '../outcome.ts';
import { isDemand } from '../plan/reasons.ts';
import type { Settled } from '../plan/settle.ts';
import { settle } from '../plan/settle.ts';
import type { OutputReference, PlannedStep, StepId } from '../plan.ts';
import { inputMissing, stepElsewhere } from './failures.ts';
import { mayRun, stepsContext } from './needs.ts';
import { layOut } from './out-tree.ts';
import type { RunContext } from './run-context.ts';
import { identityOfStep, runStep, usableEntry } from './step-run.ts';

export interface Ended {
  readonly step: PlannedStep;
  readonly outcome: StepOutcome;
  /** Absent for steps that were skipped before they were looked at. */
  readonly settled?: () => Settled;
}

/** Bytes that were lost twice are not worth a third try. */
const mostRebuilds = 2;

/** Executes the steps of a plan, as many at once as there are jobs, each after what it needs. */
export class Scheduler {
  readonly #context: RunContext;
  readonly #byId: ReadonlyMap<StepId, PlannedStep>;
  readonly #ended = new Map<StepId, Ended>();
  readonly #metrics = new Map<string, Json>();
  readonly #rebuilding = new Map<StepId, Promise<void>>();
  readonly #rebuilds = new Map<StepId, number>();
  #running = 0;

  constructor(context: RunContext) {
    this.#context = context;
    this.#byId = new Map(context.plan.steps.map((step) => [step.id, step]));
  }

  async run(): Promise<readonly Ended[]> {
    const waiting = new Set(this.#context.plan.steps);
    const active = new Set<Promise<void>>();
    let bug: { readonly thrown: unknown } | undefined;
    while (waiting.size + active.size > 0 && bug === undefined) {
      let moved = false;
      for (const step of waiting) {
        if (!step.needs.every((need) => this.#ended.has(need))) continue;
        if (this.#isReady(step)) {
          // Nothing to wait for: re-used, skipped, cancelled.
          waiting.delete(step);
          await this.#end(step, await this.#advance(step));
          moved = true;
          continue;
        }
        if (active.size >= this.#context.jobs) break;
        waiting.delete(step);
        const work: Promise<void> = this.#advance(step)
          .then((ended) => this.#end(step, ended))
          .catch((thrown: unknown) => {
            bug = { thrown };
          })
          .finally(() => active.delete(work));
        active.add(work);
        moved = true;
      }
      if (active.size > 0 && !moved) await Promise.race(active);
      else if (!moved) throw new Error('steps wait for each other');
    }
    await Promise.all(active);
    if (bug !== undefined) throw (bug as { readonly thrown: unknown }).thrown;
    return this.#context.plan.steps.map((step) => this.#ended.get(step.id)!);
  }

  /** Known to end at once. */
  #isReady(step: PlannedStep): boolean {
    const { decision } = step;
    return decision.kind === 'cached' || decision.kind === 'skip' || this.#context.signal.aborted;
  }

  async #end(step: PlannedStep, ended: Ended): Promise<void> {
    this.#ended.set(step.id, ended);
    this.#context.listener({ kind: 'finished', step: step.id, outcome: ended.outcome });
  }

  async #advance(step: PlannedStep): Promise<Ended> {
    const { signal, state, listener } = this.#context;
    const { decision } = step;
    const nothing = { ...identityOfStep(step), seconds: 0, attempts: 0, outputs: [] };
    if (signal.aborted) return { step, outcome: { ...nothing, status: 'cancelled' } };
    if (decision.kind === 'skip') {
      return { step, outcome: { ...nothing, status: 'skipped', because: decision.because } };
    }
    const fail = (failure: Failure): Ended => ({ step, outcome: { ...nothing, status: 'failed', failure } });
    const planned = await this.#endAsPlanned(step);
    if (planned !== undefined) return planned;
    let isForced = 'reasons' in decision && decision.reasons.some(isDemand);
    for (;;) {
      const contexts = await this.#contextsOf(step);
      const permission = mayRun(step, this.#ended, contexts);
      if (permission.kind === 'mistake') return fail(permission.failure);
      if (permission.kind === 'skip') {
        return { step, outcome: { ...nothing, status: 'skipped', because: permission.because } };
      }
      const settled = settle(step, (id) => this.#outputsOf(id), contexts);
      if (!settled.ok) return fail(settled.failure);
      const gap = missingInput(step, settled.value);
      if (gap !== undefined) return fail(inputMissing(step.id, `${gap.step}/${gap.output}`));
      const outcome = await this.#reuseOrRun(step, settled.value, isForced);
      if ('lost' in outcome) {
        if (!(await this.#rebuild(outcome.lost.reference))) return fail(outcome.failure);
        continue;
      }
      const ended: Ended = { step, outcome, settled: () => settled.value };
      if (!['ran', 'cached', 'rejected'].includes(outcome.status)) return ended;
      const problem = await layOut(step, outcome.outputs, this.#context);
      if (problem === undefined) return ended;
      await state.cache.forget(settled.value.fingerprint);
      if (outcome.attempts > 0)
        return { ...ended, outcome: { ...outcome, status: 'failed', failure: problem.failure } };
      // Damaged after the plan had looked at it: the step runs after all.
      listener({ kind: 'corrupted', step: step.id, output: problem.output });
      isForced = true;
    }
  }

  /** A step that is re-used, like all that it needs, is what the plan has seen: nothing has to be computed again. */
  async #endAsPlanned(step: PlannedStep): Promise<Ended | undefined> {
    const { decision } = step;
    if (decision.kind !== 'cached' || step.condition !== undefined) return undefined;
    const isAsPlanned = step.needs.every((need) => {
      const end = this.#ended.get(need);
      return end?.outcome.status === 'cached' && end.step.decision.kind === 'cached';
    });
    if (!isAsPlanned || (await layOut(step, decision.entry.outputs, this.#context)) !== undefined)
      return undefined;
    const settled = (): Settled => {
      const again = settle(step, (id) => this.#outputsOf(id), {});
      if (!again.ok) throw new Error(`${step.id} was settled when it was planned`);
      return again.value;
    };
    return { step, outcome: reusedOutcome(step, decision.entry), settled };
  }

  async #reuseOrRun(step: PlannedStep, settled: Settled, isForced: boolean): ReturnType<typeof runStep> {
    const { decision } = step;
    // The plan has looked at the bytes of a cached step already.
    const isAsPlanned = decision.kind === 'cached' && decision.fingerprint === settled.fingerprint;
    const planned = isAsPlanned ? decision.entry : undefined;
    // What this run has made in another job, it need not make again; unless the bytes were lost.
    const isMade = this.#context.handed.has(settled.fingerprint) && !this.#rebuilds.has(step.id);
    const entry =
      isForced && !isMade ? undefined : (planned ?? (await usableEntry(step, settled, this.#context)));
    if (entry !== undefined) return reusedOutcome(step, entry);
    if (step.elsewhere === true) {
      const failure = this.#context.elsewhere.get(step.id) ?? stepElsewhere(step.id, step.runsOn ?? []);
      return { ...identityOfStep(step), status: 'failed', seconds: 0, attempts: 0, outputs: [], failure };
    }
    if (decision.kind === 'run') this.#tellCorrupted(step, decision.reasons);
    return this.#runNow(step, settled);
  }

  #tellCorrupted(
    step: PlannedStep,
    reasons: Extract<PlannedStep['decision'], { kind: 'run' }>['reasons'],
  ): void {
    for (const reason of reasons) {
      if (reason.kind !== 'lost' || reason.problem !== 'corrupted') continue;
      this.#context.listener({ kind: 'corrupted', step: step.id, output: reason.output });
    }
  }

  async #runNow(step: PlannedStep, settled: Settled): ReturnType<typeof runStep> {
    this.#running++;
    // Steps that run at the same time share the cores.
    const threads = Math.max(1, Math.floor(this.#context.cores / this.#running));
    const producerOf = (reference: OutputReference): PlannedStep | undefined =>
      this.#byId.get(reference.step);
    try {
      return await runStep({ step, settled, threads, producerOf }, this.#context);
    } finally {
      this.#running--;
    }
  }

  /**
   * Makes lost bytes anew by running the step that gave them, once, however many steps wait for them.
   * @returns whether it was tried
   */
  async #rebuild(reference: OutputReference): Promise<boolean> {
    const producer = this.#byId.get(reference.step);
    const already = this.#rebuilding.get(reference.step);
    if (already !== undefined) {
      await already;
      return true;
    }
    const count = this.#rebuilds.get(reference.step) ?? 0;
    if (producer === undefined || producer.elsewhere === true || count >= mostRebuilds) return false;
    this.#rebuilds.set(producer.id, count + 1);
    const work = this.#rebuildNow(producer, reference).finally(() => this.#rebuilding.delete(producer.id));
    this.#rebuilding.set(producer.id, work);
    await work;
    return true;
  }

  async #rebuildNow(producer: PlannedStep, reference: OutputReference): Promise<void> {
    this.#context.listener({ kind: 'corrupted', step: producer.id, output: reference.output });
    const decision = { kind: 'pending', on: [], reasons: [{ kind: 'forced' }] } as const;
    await this.#end(producer, await this.#advance({ ...producer, decision }));
  }

  #outputsOf(id: StepId): readonly Artifact[] | undefined {
    const outcome = this.#ended.get(id)?.outcome;
    return outcome?.status === 'ran' || outcome?.status === 'cached' ? outcome.outputs : undefined;
  }

  async #contextsOf(step: PlannedStep): Promise<Contexts> {
    const isOpen = step.condition !== undefined || (step.work.kind === 'command' && step.work.open);
    if (!isOpen) return {};
    for (const { outcome } of this.#ended.values()) {
      const artifact = outcome.outputs.find(({ name }) => name === 'metrics');
      if (artifact !== undefined) await this.#readMetrics(artifact);
    }
    const metricsOf = (outcome: StepOutcome): Json | undefined => {
      const artifact = outcome.outputs.find(({ name }) => name === 'metrics');
      return artifact === undefined ? undefined : this.#metrics.get(artifact.digest);
    };
    return { ...this.#context.shared, matrix: step.matrix, steps: stepsContext(this.#ended, metricsOf) };
  }

  async #readMetrics({ digest }: Artifact): Promise<void> {
    if (this.#metrics.has(digest)) return;
    const bytes = await this.#context.store.read(digest);
    // Bytes that are lost are noticed, and rebuilt, by the step that is handed them.
    if (bytes.ok) this.#metrics.set(digest, JSON.parse(new TextDecoder().decode(bytes.value)) as Json);
  }
}

function reusedOutcome(step: PlannedStep, entry: CacheEntry): StepOutcome {
  const { fingerprint, outputs, log, seconds, rejected } = entry;
  const status = rejected === true ? 'rejected' : 'cached';
  return { ...identityOfStep(step), status, fingerprint, outputs, log, seconds, attempts: 0 };
}

/** A gap that the step cannot do without; models of steps that were allowed to fail can be missing. */
function missingInput(step: PlannedStep, settled: Settled): OutputReference | undefined {
  if (step.work.kind === 'command') return undefined;
  const isOptional = step.work.request.uses === 'evaluate' || step.work.request.uses === 'choose';
  const there = new Set(settled.files.map(({ reference }) => reference));
  return step.reads.find(
    (reference) => !there.has(reference) && !(isOptional && reference.output === 'model'),
  );
}
