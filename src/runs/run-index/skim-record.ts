import type { JsonScalar } from '../../base/index.ts';
import { JsonSkimmer, NotSkimmed } from './json-skimmer.ts';

/**
 * What the index keeps of a record, by field name: `status`, `params.trees`, `metrics.roc_auc`. `low.roc_auc` and
 * `high.roc_auc` are the ends of the metric's interval; `metric` names the one to look at first. Of a dataset there are
 * `data.patients` with its fingerprint, `rows.patients`, `contract.patients` with a digest, `checks.patients` with a verdict.
 */
export type Cells = ReadonlyMap<string, JsonScalar>;

export type Skimmed =
  | { readonly kind: 'run'; readonly cells: Cells }
  | { readonly kind: 'damaged'; readonly because: string }
  /** The value, as JSON, that is not 1. */
  | { readonly kind: 'other-version'; readonly version: string };

/** Fields of one record; more of them is no record of a pipeline that people wrote. */
const mostCells = 2_000;
const longestText = 65_536;

/**
 * Skims a record for the fields that questions are asked about. The order of keys does not matter. A key that stands
 * twice in what is read makes a record damaged, as do other types than the schema's.
 */
export function skimRecord(
  bytes: Buffer,
  expected: { readonly id: string; readonly pipeline: string },
): Skimmed {
  const skimmer = new JsonSkimmer(bytes);
  try {
    const found = skim(skimmer);
    if (found.version !== 1) return { kind: 'other-version', version: JSON.stringify(found.version ?? null) };
    const cells = cellsOf(skimmer, found);
    const [id, pipeline] = [found.simple.get('id'), found.simple.get('pipeline')];
    if (id !== expected.id || pipeline !== expected.pipeline) {
      return { kind: 'damaged', because: `it says that it is run ${String(id)} of ${String(pipeline)}` };
    }
    return { kind: 'run', cells };
  } catch (error) {
    if (error instanceof NotSkimmed) return { kind: 'damaged', because: error.message };
    throw error;
  }
}

/** Values of the record in the order in which they came; what depends on others is noted by its place. */
interface Found {
  version: JsonScalar | undefined;
  /** `id`, `pipeline`, `status`, ... as they are in the record. */
  readonly simple: Map<string, JsonScalar>;
  /** Already under the names of fields. */
  readonly cells: Map<string, JsonScalar>;
  readonly steps: Part[];
  readonly models: Part[];
}

/** A step or a model: what tells which it is, and where its matrix or its evaluation stands. */
interface Part {
  name: JsonScalar | undefined;
  digest: JsonScalar | undefined;
  at: number | undefined;
}

function skim(skimmer: JsonSkimmer): Found {
  const found: Found = { version: undefined, simple: new Map(), cells: new Map(), steps: [], models: [] };
  const seen = new Set<string>();
  skimmer.object((key) => {
    once(seen, key);
    switch (key) {
      case 'version':
        found.version = skimmer.scalar();
        return;
      case 'id':
      case 'pipeline':
      case 'status':
      case 'verdict':
      case 'mainMetric':
      case 'startedAt':
        found.simple.set(key, skimmer.string());
        return;
      case 'seconds':
        found.simple.set(key, skimmer.number());
        return;
      case 'trigger':
        return members(skimmer, found.simple, 'trigger.', ['kind', 'actor']);
      case 'code':
        if (skimmer.isNull()) return skimmer.skip();
        return members(skimmer, found.simple, 'code.', ['commit', 'branch', 'dirty']);
      case 'model':
        return members(skimmer, found.simple, 'model.', ['step', 'digest'], (inner) => {
          if (inner !== 'choice') return skimmer.skip();
          members(skimmer, found.simple, 'choice.', ['metric']);
        });
      case 'params':
        return scalars(skimmer, found.cells, 'params.');
      case 'data':
        return datasets(skimmer, found.cells);
      case 'steps':
        return skimmer.array(() => void found.steps.push(part(skimmer, 'id', 'matrix')));
      case 'models':
        return skimmer.array(() => void found.models.push(part(skimmer, 'step', 'evaluation')));
      default:
        skimmer.skip();
    }
  });
  skimmer.end();
  return found;
}

function part(skimmer: JsonSkimmer, name: string, content: string): Part {
  const it: Part = { name: undefined, digest: undefined, at: undefined };
  skimmer.object((key) => {
    if (key === name) it.name = skimmer.string();
    else if (key === 'digest') it.digest = skimmer.string();
    else {
      if (key === content) it.at = skimmer.at;
      skimmer.skip();
    }
  });
  return it;
}

/** What is kept of a dataset besides its fingerprint: how many rows, which contract, and what came of its checks. */
const partsOfData = [
  { key: 'rows', member: 'total' },
  { key: 'contract', member: 'digest' },
  { key: 'checks', member: 'verdict' },
];

function datasets(skimmer: JsonSkimmer, cells: Map<string, JsonScalar>): void {
  skimmer.object((name) => {
    skimmer.object((key) => {
      const part = partsOfData.find((each) => each.key === key);
      if (key === 'fingerprint') put(cells, `data.${name}`, skimmer.string());
      else if (part === undefined) skimmer.skip();
      else {
        skimmer.object((inner) => {
          if (inner === part.member) put(cells, `${key}.${name}`, skimmer.scalar());
          else skimmer.skip();
        });
      }
    });
  });
}

/** Reads some members of an object and leaves the others to `rest`, by default skipped. */
function members(
  skimmer: JsonSkimmer,
  into: Map<string, JsonScalar>,
  prefix: string,
  names: readonly string[],
  rest: (key: string) => void = () => skimmer.skip(),
): void {
  skimmer.object((key) => {
    if (names.includes(key)) put(into, `${prefix}${key}`, skimmer.scalar());
    else rest(key);
  });
}

function scalars(skimmer: JsonSkimmer, cells: Map<string, JsonScalar>, prefix: string): void {
  skimmer.object((key) => put(cells, `${prefix}${key}`, skimmer.scalar()));
}

function put(into: Map<string, JsonScalar>, name: string, value: JsonScalar): void {
  if (into.has(name)) throw new NotSkimmed(`it has "${name}" twice`);
  if (into.size >= mostCells) throw new NotSkimmed(`it has more than ${mostCells} fields to search in`);
  if (name.length > longestText || (typeof value === 'string' && value.length > longestText)) {
    throw new NotSkimmed(`"${name.slice(0, 40)}" is longer than ${longestText} characters`);
  }
  into.set(name, value);
}

function once(seen: Set<string>, key: string): void {
  if (seen.has(key)) throw new NotSkimmed(`it has "${key}" twice`);
  seen.add(key);
}

const statuses = ['succeeded', 'failed', 'cancelled'];
const verdicts = ['pass', 'fail', 'inconclusive'];

/** The cells of a record, of the types that the schema says. */
function cellsOf(skimmer: JsonSkimmer, { simple, cells, steps, models }: Found): Cells {
  const text = (name: string, field: string, allowed?: readonly string[]): void => {
    const value = simple.get(name);
    if (typeof value !== 'string' || allowed?.includes(value) === false) throw wrong(name);
    put(cells, field, value);
  };
  const optional = (name: string, field: string, type: 'string' | 'boolean'): void => {
    const value = simple.get(name);
    if (value === undefined || value === null) return;
    if (typeof value !== type) throw wrong(name);
    put(cells, field, value);
  };
  const started = simple.get('startedAt');
  const time = typeof started === 'string' ? Date.parse(started) : Number.NaN;
  if (Number.isNaN(time)) throw wrong('startedAt');
  const seconds = simple.get('seconds');
  if (typeof seconds !== 'number') throw wrong('seconds');
  put(cells, 'started', time);
  put(cells, 'seconds', seconds);
  text('status', 'status', statuses);
  text('verdict', 'verdict', verdicts);
  text('trigger.kind', 'trigger');
  optional('trigger.actor', 'actor', 'string');
  optional('code.commit', 'commit', 'string');
  optional('code.branch', 'branch', 'string');
  optional('code.dirty', 'dirty', 'boolean');
  optional('model.step', 'model', 'string');
  const chosen = { step: simple.get('model.step'), digest: simple.get('model.digest') };
  const matrixAt =
    chosen.step === undefined ? undefined : steps.find((each) => each.name === chosen.step)?.at;
  if (matrixAt !== undefined) {
    skimmer.at = matrixAt;
    scalars(skimmer, cells, 'matrix.');
  }
  const evaluated =
    chosen.digest === undefined ? undefined : models.find((each) => each.digest === chosen.digest);
  const first = evaluated?.at === undefined ? undefined : measurements(skimmer, evaluated.at, cells);
  const metric = simple.get('choice.metric') ?? simple.get('mainMetric') ?? first;
  if (typeof metric === 'string') put(cells, 'metric', metric);
  return cells;
}

/** Puts the metrics of an evaluation, and gives the name of the first. */
function measurements(skimmer: JsonSkimmer, at: number, cells: Map<string, JsonScalar>): string | undefined {
  let first: string | undefined;
  skimmer.at = at;
  skimmer.object((key) => {
    if (key !== 'metrics') return skimmer.skip();
    skimmer.object((name) => {
      first ??= name;
      let isMeasured = false;
      skimmer.object((part) => {
        if (part === 'value') put(cells, `metrics.${name}`, skimmer.number());
        else if (part === 'low' || part === 'high') put(cells, `${part}.${name}`, skimmer.number());
        else return skimmer.skip();
        isMeasured ||= part === 'value';
      });
      if (!isMeasured) throw wrong(`metrics.${name}`);
    });
  });
  return first;
}

function wrong(name: string): NotSkimmed {
  return new NotSkimmed(`"${name}" is not what a run record has there`);
}
