import type { ColumnContract, Contract } from '../../contract/index.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import type { PlacePath } from '../pipeline.ts';
import { shown } from '../shape-words.ts';
import { datasetsOf } from './built-in.ts';
import type { Check, Checking, DatasetDraft, FeatureDraft, Placed, SliceDraft } from './checking.ts';
import { column, member, steps, textsAt, unknownColumn } from './checking.ts';

/** Columns of features and slices, against the contracts of the datasets that steps learn from or measure on. */
export const checkColumns: Check = (checking) => {
  const trained = new Set(
    steps(checking).flatMap(([name, step]) =>
      step.uses === 'train' ? datasetsOf(checking, name, step).map(({ value }) => value) : [],
    ),
  );
  return [
    ...missingFeatures(checking, trained),
    ...twice(checking),
    ...featureColumns(checking).flatMap((feature) => {
      // A column that is wrong for several datasets is told once.
      const failures = [...trained].flatMap((name) => featureColumn(checking, name, feature));
      return failures.slice(0, 1);
    }),
    ...slices(checking),
  ];
};

interface FeatureColumn extends Placed<string> {
  readonly entry: FeatureDraft;
  readonly at: PlacePath;
}

function featureColumns({ draft }: Checking): readonly FeatureColumn[] {
  return (draft.features ?? []).flatMap((entry, i) =>
    entry === undefined
      ? []
      : textsAt(entry.columns, ['features', i, 'columns']).map((one) => ({
          ...one,
          entry,
          at: ['features', i],
        })),
  );
}

function missingFeatures({ draft, places }: Checking, trained: ReadonlySet<string>): readonly FileFailure[] {
  if (trained.size === 0) return [];
  const remedy = 'list columns under `features:`: those that no entry names are not learned from';
  if (!Object.hasOwn(draft, 'features')) {
    const [name] = Object.entries(draft.steps ?? {}).find(([, step]) => step?.uses === 'train')!;
    return [
      mistake(
        'pipeline-features-missing',
        'a step trains, and no column is a feature',
        places.keyPlace(['steps', name]),
        remedy,
      ),
    ];
  }
  if (draft.features?.length !== 0) return [];
  return [
    mistake(
      'pipeline-features-missing',
      'a step trains, and no column is a feature',
      places.keyPlace(['features']),
      remedy,
    ),
  ];
}

function twice(checking: Checking): readonly FileFailure[] {
  const seen = new Map<string, PlacePath>();
  return featureColumns(checking).flatMap(({ value, path }) => {
    const first = seen.get(value);
    seen.set(value, first ?? path);
    if (first === undefined) return [];
    const line = checking.places.place(first).line;
    const message = `${shown(value)} is already a feature (line ${line})`;
    return [
      mistake(
        'pipeline-feature-twice',
        message,
        checking.places.place(path),
        'put all that is made of a column into one entry',
      ),
    ];
  });
}

function featureColumn(checking: Checking, name: string, feature: FeatureColumn): readonly FileFailure[] {
  const { places, contracts } = checking;
  const dataset = member(checking.draft.data, name);
  const contract = contracts.get(name);
  const place = places.place(feature.path);
  if (dataset === undefined) return [];
  const forbidden = forbiddenRole(feature.value, dataset, contract);
  if (forbidden !== undefined) {
    return [
      mistake(
        'pipeline-feature-forbidden',
        `${shown(feature.value)} ${forbidden}`,
        place,
        'take it out of `features:`',
      ),
    ];
  }
  if (contract === undefined) return [];
  const found = column(contract, feature.value);
  return found === undefined
    ? [unknownColumn(checking, contract, feature)]
    : treatment(checking, found, feature);
}

function forbiddenRole(
  name: string,
  dataset: DatasetDraft,
  contract: Contract | undefined,
): string | undefined {
  if (name === dataset.target) return 'is the target: a model that reads it has nothing to predict';
  const found = column(contract, name);
  const isKey =
    dataset.key === undefined
      ? found?.primaryKey === true
      : textsAt(dataset.key, []).some(({ value }) => value === name);
  if (isKey) return 'identifies a row: a model that reads it learns rows by heart';
  return found?.personal === true
    ? 'is personal data, and its values would be kept inside of the model'
    : undefined;
}

function treatment(
  { places }: Checking,
  { name, type }: ColumnContract,
  { entry, at, path }: FeatureColumn,
): readonly FileFailure[] {
  const wrong = (key: string, message: string, remedy: string): readonly FileFailure[] => [
    mistake('pipeline-feature-treatment', message, places.place(key === '' ? path : [...at, key]), remedy),
  ];
  if (type === 'date' || type === 'timestamp') {
    return wrong(
      '',
      `${shown(name)} is a ${type}, which cannot be a feature as it is`,
      'make a number of it in the data: a month, or days since another date',
    );
  }
  if (entry.scale !== undefined && entry.encode !== undefined) {
    return wrong('scale', 'categories have no scale', 'remove `scale` or `encode`');
  }
  if (type === 'string') {
    if (entry.scale !== undefined)
      return wrong('scale', `${shown(name)} is text and cannot be scaled`, 'give it an entry of its own');
    if (!Object.hasOwn(entry, 'encode')) {
      return wrong(
        '',
        `${shown(name)} is text, and nothing says how it becomes numbers`,
        'add `encode: one-hot` or `encode: ordinal`',
      );
    }
    if (entry.impute === 'mean' || entry.impute === 'median' || typeof entry.impute === 'number') {
      return wrong(
        'impute',
        `${shown(name)} is text and cannot be imputed by ${shown(entry.impute)}`,
        'use `most-frequent`, or a text',
      );
    }
    return [];
  }
  const learned = ['mean', 'median', 'most-frequent'];
  if (typeof entry.impute === 'string' && !learned.includes(entry.impute)) {
    return wrong(
      'impute',
      `${shown(name)} holds numbers and cannot be imputed by the text ${shown(entry.impute)}`,
      'use `mean`, `median`, `most-frequent` or a number',
    );
  }
  return [];
}

function slices(checking: Checking): readonly FileFailure[] {
  return steps(checking).flatMap(([name, step]) => {
    if (step.uses !== 'evaluate' || !Array.isArray(step.with?.['slices'])) return [];
    const written = step.with['slices'] as readonly (SliceDraft | undefined)[];
    const contracts = datasetsOf(checking, name, step).flatMap(
      ({ value }) => checking.contracts.get(value) ?? [],
    );
    return written.flatMap((slice, i) => {
      const path = ['steps', name, 'with', 'slices', i];
      const cut = typeof slice === 'string' ? { column: slice } : slice;
      const at = typeof slice === 'string' ? path : [...path, 'column'];
      if (cut?.column === undefined) return [];
      return [
        ...sliceColumn(checking, contracts, { value: cut.column, path: at }, cut),
        ...sliceEdges(checking, cut, path),
      ];
    });
  });
}

function sliceColumn(
  checking: Checking,
  contracts: readonly Contract[],
  one: Placed<string>,
  cut: Exclude<SliceDraft, string>,
): readonly FileFailure[] {
  const place = checking.places.place(one.path);
  return contracts
    .flatMap((contract) => {
      const found = column(contract, one.value);
      if (found === undefined) return [unknownColumn(checking, contract, one)];
      if (found.personal) {
        const message = `${shown(one.value)} is personal data, and its values would stand in the record`;
        return [mistake('pipeline-slice-personal', message, place, 'slice by another column')];
      }
      if (cut.edges === undefined || found.type === 'integer' || found.type === 'number') return [];
      return [
        mistake(
          'pipeline-slice-edges',
          `${shown(one.value)} is a ${found.type} and cannot be cut at edges`,
          place,
          'remove `edges`',
        ),
      ];
    })
    .slice(0, 1);
}

function sliceEdges(
  { places }: Checking,
  { edges }: Exclude<SliceDraft, string>,
  path: PlacePath,
): readonly FileFailure[] {
  if (edges === undefined) return [];
  const at = [...path, 'edges'];
  if (edges.length === 0)
    return [mistake('pipeline-value-empty', '`edges` is an empty list', places.place(at))];
  const wrong = edges.findIndex(
    (edge, i) => i > 0 && edge !== undefined && edges[i - 1] !== undefined && edge <= edges[i - 1]!,
  );
  if (wrong < 0) return [];
  return [
    mistake(
      'pipeline-slice-edges',
      `the edge ${edges[wrong]} is not above ${edges[wrong - 1]}`,
      places.place([...at, wrong]),
      'write edges in ascending order',
    ),
  ];
}
