import type { Json, JsonScalar } from '../../base/index.ts';
import { canonicalJson } from '../../base/index.ts';
import type { ModelRecord, RunRecord, StepRecord } from '../record.ts';
import type { Compared, Difference } from './reproduction.ts';

export interface Comparison {
  readonly compared: Compared;
  readonly differences: readonly Difference[];
}

/** Ids of the steps that are built in: what they measure of time is in an output of its own. */
export interface CompareOptions {
  readonly builtIn: ReadonlySet<string>;
}

/** Compares everything of two runs that inputs determine. Times, logs and latencies are of the moment, and left out. */
export function compareRuns(recorded: RunRecord, reproduced: RunRecord, options: CompareOptions): Comparison {
  const counts = { files: 0, outputs: 0, models: 0, values: 0, gates: 0 };
  const differences: Difference[] = [];
  for (const name of union(Object.keys(recorded.data), Object.keys(reproduced.data))) {
    const [was, is] = [recorded.data[name], reproduced.data[name]];
    counts.files += was?.files.length ?? 0;
    if (was?.fingerprint !== is?.fingerprint)
      differences.push({ kind: 'dataset', dataset: name, ...sides(was?.fingerprint, is?.fingerprint) });
  }
  for (const id of union(
    recorded.steps.map((step) => step.id),
    reproduced.steps.map((step) => step.id),
  )) {
    const of = (run: RunRecord) => ({
      step: run.steps.find((step) => step.id === id),
      model: run.models.find((model) => model.step === id),
    });
    const [was, is] = [of(recorded), of(reproduced)];
    differences.push(...stepDifferences(id, was.step, is.step, options, counts));
    if (was.model !== undefined) counts.models++;
    differences.push(...valueDifferences(id, valuesOf(was), valuesOf(is), counts));
  }
  if (recorded.model?.digest !== reproduced.model?.digest)
    differences.push({ kind: 'model', ...sides(recorded.model?.digest, reproduced.model?.digest) });
  differences.push(...gateDifferences(recorded, reproduced, counts));
  const [was, is] = [endOf(recorded), endOf(reproduced)];
  if (was !== is) differences.push({ kind: 'verdict', recorded: was, reproduced: is });
  return { compared: counts, differences };
}

type Counts = { -readonly [Name in keyof Compared]: number };

function endOf({ status, verdict }: RunRecord): string {
  return `${status}, ${verdict}`;
}

function stepDifferences(
  id: string,
  was: StepRecord | undefined,
  is: StepRecord | undefined,
  { builtIn }: CompareOptions,
  counts: Counts,
): readonly Difference[] {
  const found: Difference[] = [];
  const ends = [endingOf(was), endingOf(is)];
  if (ends[0] !== ends[1]) {
    const failure = is?.failure?.message ?? is?.because;
    found.push({
      kind: 'ending',
      step: id,
      ...sides(ends[0], ends[1]),
      ...(failure === undefined ? {} : { failure }),
    });
  }
  if (was?.fingerprint !== is?.fingerprint && was !== undefined && is !== undefined)
    found.push({ kind: 'inputs', step: id, ...sides(was.fingerprint, is.fingerprint) });
  const outputs = (step: StepRecord | undefined) =>
    new Map(
      (step?.artifacts ?? [])
        .filter(({ name }) => name !== 'log' && !(name === 'latency' && builtIn.has(id)))
        .map(({ name, digest }) => [name, digest]),
    );
  const [before, after] = [outputs(was), outputs(is)];
  for (const name of union([...before.keys()], [...after.keys()])) {
    if (before.has(name)) counts.outputs++;
    if (before.get(name) !== after.get(name))
      found.push({ kind: 'output', step: id, output: name, ...sides(before.get(name), after.get(name)) });
  }
  return found;
}

/** That a step came from the cache then is no difference. */
function endingOf(step: StepRecord | undefined): string | undefined {
  if (step === undefined) return undefined;
  const ending = step.status === 'cached' ? 'ran' : step.status;
  return step.failure === undefined || ending === 'ran' ? ending : `${ending} (${step.failure.code})`;
}

/** Everything that was measured of a step's model, and what the step said of itself, by its path. */
function valuesOf(of: {
  readonly step: StepRecord | undefined;
  readonly model: ModelRecord | undefined;
}): ReadonlyMap<string, JsonScalar> {
  const values = new Map<string, JsonScalar>();
  const { latency: _, ...evaluation } = of.model?.evaluation ?? {};
  collect(evaluation as Json, '', values);
  collect((of.step?.selfReported ?? {}) as Json, 'self-reported', values);
  return values;
}

function collect(value: Json, path: string, values: Map<string, JsonScalar>): void {
  if (value === undefined) return;
  if (value === null || typeof value !== 'object') {
    values.set(path, value);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    collect(member as Json, path === '' ? key : `${path}.${key}`, values);
  }
}

function valueDifferences(
  step: string,
  was: ReadonlyMap<string, JsonScalar>,
  is: ReadonlyMap<string, JsonScalar>,
  counts: Counts,
): readonly Difference[] {
  counts.values += was.size;
  return union([...was.keys()], [...is.keys()]).flatMap((name): readonly Difference[] => {
    const [before, after] = [was.get(name), is.get(name)];
    if (before === after) return [];
    const by = typeof before === 'number' && typeof after === 'number' ? { by: after - before } : {};
    return [{ kind: 'value', step, name, ...sides(before, after), ...by }];
  });
}

function gateDifferences(recorded: RunRecord, reproduced: RunRecord, counts: Counts): readonly Difference[] {
  const byGate = (run: RunRecord) =>
    new Map(
      (run.gates?.results ?? []).map(({ gate, verdict }) => [
        canonicalJson(gate as unknown as Json),
        verdict,
      ]),
    );
  const [was, is] = [byGate(recorded), byGate(reproduced)];
  counts.gates += was.size;
  return union([...was.keys()], [...is.keys()]).flatMap((gate): readonly Difference[] =>
    was.get(gate) === is.get(gate) ? [] : [{ kind: 'gate', gate, ...sides(was.get(gate), is.get(gate)) }],
  );
}

/** Members for the sides that there are. */
function sides<T>(recorded: T | undefined, reproduced: T | undefined): { recorded?: T; reproduced?: T } {
  return {
    ...(recorded === undefined ? {} : { recorded }),
    ...(reproduced === undefined ? {} : { reproduced }),
  };
}

function union(first: readonly string[], second: readonly string[]): readonly string[] {
  return [...new Set([...first, ...second])];
}
