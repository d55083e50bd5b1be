import type { JsonScalar } from '../../base/index.ts';
import { nearest } from '../../base/index.ts';
import type { ColumnContract, Contract } from '../../contract/index.ts';
import type { FileFailure, FileFailureCode } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import type { PlacePath } from '../pipeline.ts';
import { listed, shown } from '../shape-words.ts';
import type { YamlPlaces } from '../yaml-places.ts';

/**
 * A pipeline file in which only some things may have the right shape. What is there and cannot be used, as its shape
 * is wrong or its key misspelt, is a key with the value `undefined`.
 */
export interface PipelineDraft {
  readonly name?: string;
  readonly on?: {
    readonly schedule?: readonly (Draft<{ cron: string }> | undefined)[];
    readonly dispatch?: { readonly data?: Members<ReceivedDraft> } | null;
  };
  readonly params?: Members<JsonScalar>;
  readonly data?: Members<DatasetDraft>;
  readonly features?: readonly (FeatureDraft | undefined)[];
  readonly steps?: Members<StepDraft>;
  readonly model?: ModelDraft;
  readonly serving?: ServingDraft;
}

type Members<T> = Readonly<Record<string, T | undefined>>;
type Draft<T> = { readonly [K in keyof T]?: T[K] | undefined };
type OneOrMany = string | readonly (string | undefined)[];

export interface DatasetDraft {
  readonly path?: string;
  readonly format?: string;
  readonly contract?: string;
  readonly key?: OneOrMany;
  readonly target?: string;
  readonly positive?: JsonScalar;
  readonly split?: Draft<{ test: number; stratify: string }>;
}

export interface ReceivedDraft {
  readonly rows?: boolean;
  readonly addresses?: readonly (string | undefined)[];
  readonly 'max-size'?: string;
}

export interface FeatureDraft {
  readonly columns?: readonly (string | undefined)[];
  readonly impute?: number | string;
  readonly scale?: string;
  readonly encode?: string;
}

export interface StepDraft {
  readonly uses?: 'validate' | 'train' | 'evaluate' | 'choose';
  readonly with?: Members<WithValue>;
  readonly run?: string;
  readonly needs?: OneOrMany;
  readonly if?: string | boolean;
  readonly matrix?: Members<readonly (JsonScalar | undefined)[]>;
  readonly deps?: readonly (string | undefined)[];
  readonly outs?: Members<string>;
  readonly data?: OneOrMany;
  readonly params?: readonly (string | undefined)[];
  readonly env?: Members<JsonScalar>;
  readonly secrets?: readonly (string | undefined)[];
}

export type WithValue = JsonScalar | readonly unknown[];
export type SliceDraft = string | Draft<{ column: string; edges: readonly (number | undefined)[] }>;

export interface ModelDraft {
  readonly from?: string;
  readonly gates?: readonly (GateDraft | undefined)[];
}

export type GateDraft = Draft<{
  metric: string;
  min: number;
  max: number;
  baseline: string;
  'max-drop': number;
  slice: string;
  'max-gap': number;
}>;

export interface ServingDraft {
  readonly shadow?: readonly (string | undefined)[];
  readonly canary?: Draft<{ version: string; share: number; key: string }>;
  readonly variants?: { readonly header?: string; readonly versions?: Members<string> };
  readonly log?: Draft<{ to: string; mode: string; personal: string }>;
}

/** What a check looks at. */
export interface Checking {
  readonly draft: PipelineDraft;
  readonly places: YamlPlaces;
  /** By name of the dataset; only of contracts without mistakes. */
  readonly contracts: ReadonlyMap<string, Contract>;
  /** Names of the stages of `trainyard.yaml`; `undefined` when it cannot be read. */
  readonly stages: readonly string[] | undefined;
  readonly root: string;
  readonly folder: string;
  /** Of the pipeline file, relative to the root. */
  readonly path: string;
}

export type Check = (checking: Checking) => readonly FileFailure[];

/** The members of a map that have the right shape. */
export function members<T>(map: Members<T> | undefined): readonly (readonly [string, T])[] {
  return Object.entries(map ?? {}).filter((entry): entry is [string, T] => entry[1] !== undefined);
}

export function steps(checking: Checking): readonly (readonly [string, StepDraft])[] {
  return members(checking.draft.steps);
}

/** The value under a name that stands in the file; maps of the file have no prototype, those of tests may. */
export function member<T>(map: Members<T> | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** Whether a name is declared, or may be: of a section that cannot be read nothing is known. */
export function declares({ draft }: Checking, section: 'data' | 'params' | 'steps', name: string): boolean {
  const declared = draft[section];
  if (declared === undefined) return Object.hasOwn(draft, section);
  return Object.hasOwn(declared, name);
}

/** A value, and where it stands. */
export interface Placed<T> {
  readonly value: T;
  readonly path: PlacePath;
}

/** One text or a list of them, each with its path. */
export function textsAt(value: unknown, path: PlacePath): readonly Placed<string>[] {
  if (typeof value === 'string') return [{ value, path }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, i) => (typeof item === 'string' ? [{ value: item, path: [...path, i] }] : []));
}

export function unknownName(
  code: FileFailureCode,
  message: string,
  name: string,
  known: readonly string[],
  where: { readonly place: FileFailure['place']; readonly none: string; readonly plural: string },
): FileFailure {
  const meant = nearest(name, known);
  const remedy =
    meant !== undefined
      ? `did you mean \`${meant}\`?`
      : known.length === 0
        ? where.none
        : `the ${where.plural} ${known.length === 1 ? 'is' : 'are'} ${listed(known.slice(0, 30).map(shown), 'and')}`;
  return mistake(code, message, where.place, remedy);
}

export function column(contract: Contract | undefined, name: string): ColumnContract | undefined {
  return contract?.columns.find((candidate) => candidate.name === name);
}

/** A name that should be a column of a dataset's contract. */
export function unknownColumn(
  checking: Checking,
  contract: Contract,
  { value, path }: Placed<string>,
): FileFailure {
  const known = contract.columns.map((candidate) => candidate.name);
  return unknownName(
    'pipeline-column-unknown',
    `the contract ${contract.file} has no column ${shown(value)}`,
    value,
    known,
    {
      place: checking.places.place(path),
      none: 'add it to the contract',
      plural: known.length === 1 ? 'column' : 'columns',
    },
  );
}

export function unknownDataset(checking: Checking, { value, path }: Placed<string>): FileFailure {
  const known = Object.keys(checking.draft.data ?? {});
  return unknownName('pipeline-dataset-unknown', `there is no dataset ${shown(value)}`, value, known, {
    place: checking.places.place(path),
    none: 'declare it under `data:`',
    plural: known.length === 1 ? 'dataset' : 'datasets',
  });
}

export function unknownStep(checking: Checking, { value, path }: Placed<string>): FileFailure {
  const known = Object.keys(checking.draft.steps ?? {});
  return unknownName('pipeline-step-unknown', `there is no step ${shown(value)}`, value, known, {
    place: checking.places.place(path),
    none: 'declare it under `steps:`',
    plural: known.length === 1 ? 'step' : 'steps',
  });
}
