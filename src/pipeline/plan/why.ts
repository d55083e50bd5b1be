import type { Failure, Json, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Decision, FingerprintInput, Plan, Reason, StepId } from '../plan.ts';
import { stepUnknown } from './failures.ts';
import type { LocalState } from './local-state.ts';

/** Why a step will run, or why it ran when it ran last. */
export interface WhyStep {
  readonly id: StepId;
  readonly decision: Decision['kind'];
  /** Of the plan: what is different from the last time that the step ended well. Empty when it is up to date. */
  readonly reasons: readonly Reason[];
  /** Why it ran when it ran last. */
  readonly before: readonly Reason[];
  /** Steps before it, however far, that run because of changes of their own: what it waits for. */
  readonly causes: readonly { readonly id: StepId; readonly reasons: readonly Reason[] }[];
}

/** Answers for a step by its id, or for all instances of one by its key. */
export function why(plan: Plan, step: string, state: LocalState): Result<readonly WhyStep[], Failure> {
  const meant = plan.steps.filter((planned) => planned.id === step || planned.step === step);
  if (meant.length === 0)
    return failed(stepUnknown(step, [...new Set(plan.steps.map((planned) => planned.step))]));
  const history = state.history(plan.pipeline);
  return success(
    meant.map(({ id, decision }) => ({
      id,
      decision: decision.kind,
      reasons: 'reasons' in decision ? decision.reasons : [],
      before: history.get(id)?.reasons ?? [],
      causes: decision.kind === 'pending' ? causesOf(plan, id) : [],
    })),
  );
}

function causesOf(plan: Plan, id: StepId): WhyStep['causes'] {
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const before = new Set<StepId>();
  const open = [...(steps.get(id)?.needs ?? [])];
  for (let need = open.pop(); need !== undefined; need = open.pop()) {
    if (before.has(need)) continue;
    before.add(need);
    open.push(...(steps.get(need)?.needs ?? []));
  }
  return plan.steps.flatMap(({ id: cause, decision }) =>
    before.has(cause) && decision.kind === 'run' ? [{ id: cause, reasons: decision.reasons }] : [],
  );
}

/** One line for people: `trees: 200 -> 300`, `train.py changed`. */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'never-ran':
      return 'it has not run here yet';
    case 'forced':
      return 'it was forced';
    case 'uncached':
      return 'it says `cache: false`';
    case 'lost':
      return reason.problem === 'corrupted'
        ? `its output ${reason.output} was damaged in the store`
        : `its ${reason.output === 'cache entry' ? 'result' : `output ${reason.output}`} is no longer there`;
    case 'changed':
      return describeChange(reason);
  }
}

type Change = Extract<Reason, { kind: 'changed' }>;

function describeChange({ input, before, after }: Change): string {
  const [kind, name] = splitInput(input);
  const values = `${text(before)} -> ${text(after)}`;
  switch (kind) {
    case 'file':
      return `${name} ${verb(before, after)}`;
    case 'output':
      return `${name} ${isNothing(after) ? 'is missing' : verb(isNothing(before) ? undefined : before, after)}`;
    case 'secret':
      return `secret ${name} ${verb(before, after)}`;
    case 'run':
      return 'its command changed';
    case 'features':
    case 'gates':
      return `${kind} changed`;
    case 'code':
      return isEngine(name) ? `${name}: ${values}` : `the built-in step ${name} has a new version: ${values}`;
    case 'env':
    case 'out':
    case 'matrix':
    case 'dataset':
    case 'baseline':
    case 'platform':
      return `${[kind, name].filter((part) => part !== '').join(' ')}: ${values}`;
    default:
      return `${name === '' ? kind : name}: ${values}`;
  }
}

function splitInput(input: string): [string, string] {
  const colon = input.indexOf(':');
  return colon === -1 ? [input, ''] : [input.slice(0, colon), input.slice(colon + 1)];
}

function isEngine(name: string): boolean {
  return name === 'duckdb' || name === 'onnxruntime';
}

function isNothing(input: FingerprintInput | undefined): boolean {
  return input === undefined || ('value' in input && input.value === null);
}

function verb(before: FingerprintInput | undefined, after: FingerprintInput | undefined): string {
  if (before === undefined) return 'is new';
  return after === undefined ? 'is gone' : 'changed';
}

function text(input: FingerprintInput | undefined): string {
  if (input === undefined) return 'nothing';
  if ('digest' in input) return input.digest.slice(0, 'sha256:'.length + 8);
  return short(input.value);
}

function short(value: Json): string {
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return written.length > 60 ? `${written.slice(0, 57)}…` : written;
}
