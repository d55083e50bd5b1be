import type { Environment, RunRecord } from '../record.ts';
import type { Difference, EnvironmentChange } from './reproduction.ts';

/** What is not the same about the machine and the programs of two runs. */
export function environmentChanges(
  recorded: Environment,
  reproduced: Environment,
): readonly EnvironmentChange[] {
  const [was, is] = [{ ...recorded }, { ...reproduced }] as Readonly<Record<string, string | number>>[];
  return [...new Set([...Object.keys(was!), ...Object.keys(is!)])].flatMap((name) =>
    was![name] === is![name]
      ? []
      : [{ name, recorded: was![name] ?? 'unknown', reproduced: is![name] ?? 'unknown' }],
  );
}

export interface ExplainOptions {
  readonly recorded: RunRecord;
  readonly differences: readonly Difference[];
  readonly environment: readonly EnvironmentChange[];
  readonly builtIn: ReadonlySet<string>;
  /** Baselines that could not be brought, as sentences. */
  readonly baselineProblems?: readonly string[];
}

/** Why the results of a reproduction could be other ones: the likeliest reason first. */
export function explain(options: ExplainOptions): readonly string[] {
  const { differences, environment } = options;
  if (differences.length === 0) return [];
  return [
    ...environment.flatMap((change) => {
      const meaning = meanings[change.name];
      return meaning === undefined
        ? []
        : [`${change.name} was ${change.recorded} and is ${change.reproduced}: ${meaning}`];
    }),
    ...stepReasons(options),
  ];
}

/** What another version or machine can do to results. Memory and the number of cores change none of ours. */
const meanings: Readonly<Record<string, string>> = {
  trainyard: 'its own steps may do their work in another way',
  onnxruntime: 'it may add numbers in another order, which changes last digits of metrics',
  duckdb: 'it may write other bytes for the same rows',
  platform: 'other processors and libraries round last digits in another way',
  node: 'its mathematical functions may round last digits in another way',
  cpus: 'a command of yours may give other results on another number of cores',
};

function stepReasons(options: ExplainOptions): readonly string[] {
  const { recorded, differences, builtIn, environment, baselineProblems = [] } = options;
  const of = (kind: 'inputs' | 'output' | 'ending') =>
    new Set(differences.flatMap((each) => (each.kind === kind ? [each.step] : [])));
  const [inputs, outputs, endings] = [of('inputs'), of('output'), of('ending')];
  const affected = new Set([...inputs, ...outputs, ...endings]);
  // What begins at a step is not explained by the steps that it needs.
  const first = recorded.steps.filter(
    ({ id, needs }) => affected.has(id) && !needs.some((need) => affected.has(need)),
  );
  return first.flatMap(({ id }): readonly string[] => {
    const ending = differences.find((each) => each.kind === 'ending' && each.step === id);
    if (ending?.kind === 'ending')
      return [
        `${id} did not end as it did then: ${ending.failure ?? ending.reproduced ?? 'it is not there any more'}`,
      ];
    if (id === 'gates' && baselineProblems.length > 0) return baselineProblems;
    if (inputs.has(id))
      return [
        `${id} was made of other inputs: other software, an environment variable, or a file that Git does not hold`,
      ];
    if (!outputs.has(id)) return [];
    if (!builtIn.has(id))
      return [
        `${id} is a command that gave other bytes for the same inputs: it has no fixed seed, reads a clock or the network, or uses other versions of software than then, which the record does not know`,
      ];
    if (environment.some(({ name }) => name !== 'memoryBytes' && name !== 'cpus')) return [];
    return [`${id} is built in and should give the same bytes for the same inputs here: please report it`];
  });
}
