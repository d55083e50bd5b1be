import type { VersionFacts } from './version-facts.ts';

/** How large a step the number of a version takes, and why. */
export interface Bump {
  readonly rule: 'major' | 'minor' | 'patch';
  /** A sentence without a full stop. */
  readonly because: string;
}

/**
 * A version number is a promise to those who call the model: *major* when their requests or what they read from answers
 * may have to change (inputs, outputs, classes, target, types of the columns read), *minor* when what the model makes of
 * the same request follows other features, *patch* when only data, parameters or the estimator are other ones.
 */
export function bumpBetween(before: VersionFacts, after: VersionFacts): Bump {
  const schema = schemaChanges(before, after);
  if (schema.length > 0) return { rule: 'major', because: listed(schema) };
  const features = featureChange(before, after);
  if (features !== undefined) return { rule: 'minor', because: features };
  const rest = otherChanges(before, after);
  return {
    rule: 'patch',
    because: rest.length > 0 ? listed(rest) : 'nothing that is recorded has changed but the bytes',
  };
}

function schemaChanges(before: VersionFacts, after: VersionFacts): readonly string[] {
  return [
    ...valueChange('the task', before.task, after.task),
    ...valueChange('the target', before.target, after.target),
    ...portChanges('input', before.inputs, after.inputs),
    ...portChanges('output', before.outputs, after.outputs),
    ...classChange(before.classes, after.classes),
    ...[...after.columns].flatMap(([name, type]) =>
      valueChange(`the type of the column ${name}`, before.columns.get(name), type),
    ),
  ];
}

function valueChange(what: string, before: string | undefined, after: string | undefined): readonly string[] {
  return before === undefined || after === undefined || before === after
    ? []
    : [`${what} was ${before} and is ${after}`];
}

function portChanges(
  what: 'input' | 'output',
  before: VersionFacts['inputs'],
  after: VersionFacts['inputs'],
): readonly string[] {
  const old = new Map(before.map((port) => [port.name, port]));
  const current = new Map(after.map((port) => [port.name, port]));
  const gone = [...old.keys()].filter((name) => !current.has(name));
  const fresh = [...current.keys()].filter((name) => !old.has(name));
  const changed = after.flatMap((port) => {
    const was = old.get(port.name);
    return was === undefined ? [] : valueChange(`the ${what} ${port.name}`, shown(was), shown(port));
  });
  return [
    ...(gone.length === 0 ? [] : [`${counted(what, gone)} no longer there`]),
    ...(fresh.length === 0 ? [] : [`${counted(what, fresh)} new`]),
    ...changed,
  ];
}

function counted(what: string, names: readonly string[]): string {
  return names.length === 1 ? `the ${what} ${names[0]} is` : `the ${what}s ${some(names)} are`;
}

function shown({ type, shape }: VersionFacts['inputs'][number]): string {
  return `${type} [${shape.map((size) => size ?? 'n').join(', ')}]`;
}

function classChange(
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const same = before.length === after.length && before.every((name, i) => name === after[i]);
  return same ? [] : [`the classes were ${some(before)} and are ${some(after)}`];
}

/** Models of commands declare no features: what they make of their inputs is code, and not told apart here. */
function featureChange(before: VersionFacts, after: VersionFacts): string | undefined {
  if (before.features === undefined || after.features === undefined) {
    return 'the bytes of the version before are not at hand, so whether the features have changed cannot be told';
  }
  if (before.features === after.features) return undefined;
  if (before.features === null) return 'the features are now declared in the pipeline';
  if (after.features === null) return 'the features are no longer declared in the pipeline';
  return 'the declared features have changed';
}

function otherChanges(before: VersionFacts, after: VersionFacts): readonly string[] {
  return [
    ...estimatorChange(before, after),
    ...paramChanges(before.params, after.params),
    ...digestChanges(before.data, after.data, (names) => `the data of ${names} are other ones`),
    ...digestChanges(before.contracts, after.contracts, (names) => `the contract of ${names} is another one`),
    ...valueChange('Trainyard', before.trainyard, after.trainyard),
    ...valueChange('the code', before.commit?.slice(0, 7), after.commit?.slice(0, 7)),
  ];
}

function estimatorChange(before: VersionFacts, after: VersionFacts): readonly string[] {
  const estimator = valueChange('the estimator', before.estimator, after.estimator);
  return estimator.length > 0 ? estimator : valueChange('the training step', before.step, after.step);
}

function paramChanges(before: VersionFacts['params'], after: VersionFacts['params']): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = names.filter((name) => own(before, name) !== own(after, name));
  return changed.map(
    (name) => `the parameter ${name} was ${shownParam(before, name)} and is ${shownParam(after, name)}`,
  );
}

function own(params: NonNullable<VersionFacts['params']>, name: string): unknown {
  return Object.hasOwn(params, name) ? params[name] : undefined;
}

function shownParam(params: NonNullable<VersionFacts['params']>, name: string): string {
  const value = own(params, name);
  return value === undefined ? 'not there' : cut(String(value));
}

function digestChanges(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  said: (names: string) => string,
): readonly string[] {
  const names = [...after.keys()].filter((name) => before.has(name) && before.get(name) !== after.get(name));
  return names.length === 0 ? [] : [said(some(names))];
}

/** An event is read by people: the first few changes tell what happened, and the records have them all. */
function listed(changes: readonly string[]): string {
  return changes.length <= 4
    ? changes.join('; ')
    : `${changes.slice(0, 4).join('; ')}; and ${changes.length - 4} more`;
}

function some(names: readonly string[]): string {
  const shownNames = names.slice(0, 6).map(cut).join(', ');
  return names.length <= 6 ? shownNames : `${shownNames}, …`;
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
