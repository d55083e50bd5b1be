import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, DatasetDraft, Placed, StepDraft } from './checking.ts';
import { declares, member, steps, unknownDataset } from './checking.ts';
import { possibleValues } from './values.ts';

/** Datasets that built-in steps name, and what the steps need of them. */
export const checkBuiltIns: Check = (checking) =>
  steps(checking).flatMap(([name, step]) =>
    datasetsOf(checking, name, step).flatMap((data) => {
      const dataset = member(checking.draft.data, data.value);
      if (dataset !== undefined) return requirements(checking, step, data, dataset);
      return declares(checking, 'data', data.value) ? [] : [unknownDataset(checking, data)];
    }),
  );

/** The datasets that a built-in step may work on. */
export function datasetsOf(checking: Checking, name: string, step: StepDraft): readonly Placed<string>[] {
  if (step.uses === undefined || step.uses === 'choose') return [];
  const written = { value: step.with?.['data'], path: ['steps', name, 'with', 'data'] };
  return possibleValues(checking, name, written).flatMap(({ value, path }) =>
    typeof value === 'string' ? [{ value, path }] : [],
  );
}

function requirements(
  { places }: Checking,
  step: StepDraft,
  { value: name, path }: Placed<string>,
  dataset: DatasetDraft,
): readonly FileFailure[] {
  const place = places.place(path);
  const failures: FileFailure[] = [];
  const lacks = (key: string): boolean => !Object.hasOwn(dataset, key);
  if (step.uses === 'validate' && lacks('contract')) {
    const remedy = `add \`contract\` with an ODCS file to ${shown(name)}`;
    failures.push(
      mistake(
        'pipeline-data-contract',
        `the dataset ${shown(name)} has no contract to be checked against`,
        place,
        remedy,
      ),
    );
  }
  if ((step.uses === 'train' || step.uses === 'evaluate') && lacks('target')) {
    const remedy = `add \`target\` with the column to predict to ${shown(name)}`;
    failures.push(mistake('pipeline-data-target', `the dataset ${shown(name)} has no target`, place, remedy));
  }
  const test = dataset.split?.test ?? (lacks('split') ? 0 : undefined);
  if (step.uses === 'evaluate' && test === 0) {
    const remedy = `add \`split: { test: 0.25 }\` to ${shown(name)}: models are measured on rows that they never saw`;
    failures.push(
      mistake('pipeline-data-split', `the dataset ${shown(name)} holds out no rows`, place, remedy),
    );
  }
  return failures;
}
