// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of pipelines are written so
import type { InferredColumn } from './infer-columns.ts';

export interface PipelineToWrite {
  readonly name: string;
  readonly description: string;
  /** From the root of the project. */
  readonly data: string;
  readonly delimiter: string;
  readonly columns: readonly InferredColumn[];
  readonly key: readonly string[];
  readonly target: InferredColumn;
  /** The least that the main metric may be; only where somebody knows. */
  readonly least?: number;
}

export type Task = 'two classes' | 'classes' | 'number';

export function taskOf({ target }: Pick<PipelineToWrite, 'target'>): Task {
  if (target.type === 'boolean' || target.categories?.length === 2) return 'two classes';
  return target.categories === undefined ? 'number' : 'classes';
}

/** The columns that say something of a row: no keys, no personal data, no free text. */
export function featuresOf({ columns, key, target }: PipelineToWrite): {
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
} {
  const usable = columns.filter(
    ({ name, personal }) => !key.includes(name) && name !== target.name && !personal,
  );
  const isCategory = ({ type, categories }: InferredColumn): boolean =>
    categories !== undefined && (type === 'string' || categories.length > 2);
  return {
    numbers: usable
      .filter((column) => (column.type === 'integer' || column.type === 'number') && !isCategory(column))
      .map(({ name }) => name),
    categories: usable.filter(isCategory).map(({ name }) => name),
  };
}

export function pipelineYaml(made: PipelineToWrite): string {
  const { name, description, data, delimiter, key, target, least } = made;
  const task = taskOf(made);
  const { numbers, categories } = featuresOf(made);
  const metric = task === 'number' ? 'rmse' : 'roc_auc';
  const estimators =
    task === 'number'
      ? ['baseline', 'ridge', 'random-forest', 'gradient-boosting']
      : ['baseline', 'logistic-regression', 'random-forest', 'gradient-boosting'];
  const stratify = task === 'number' ? '' : `, stratify: ${plain(target.name)}`;
  return `version: 1
name: ${name}
description: ${plain(description)}

on:
  push: { paths: [pipelines/${name}/**${data.startsWith(`pipelines/${name}/`) ? '' : `, ${plain(data)}`}] }
  schedule: [{ cron: "17 3 * * *" }]
  dispatch: {}

params:
  seed: 7
  trees: 100

data:
  rows:
    path: ${plain(data)}${delimiter === ',' ? '' : `\n    delimiter: ${JSON.stringify(delimiter)}`}
    contract: rows.odcs.yaml
    key: ${key.length === 1 ? plain(key[0]!) : `[${key.map(plain).join(', ')}]`}
    target: ${plain(target.name)}
    split: { test: 0.25${stratify} }   # by hash of the key: a row never changes sides

features:
${numbers.length === 0 ? '' : `  - { columns: [${numbers.map(plain).join(', ')}], impute: median, scale: standard }\n`}${categories.length === 0 ? '' : `  - { columns: [${categories.map(plain).join(', ')}], encode: one-hot }\n`}
steps:
  validate:
    uses: validate
    with: { data: rows }
  train:
    needs: validate
    matrix:
      estimator: [${estimators.join(', ')}]
    uses: train
    with:
      data: rows
      estimator: \${{ matrix.estimator }}
      trees: \${{ params.trees }}
      seed: \${{ params.seed }}
  evaluate:
    needs: train
    uses: evaluate
    with: { data: rows }
  choose:
    needs: evaluate
    uses: choose
    with: { metric: ${metric} }

model:
  from: choose
  gates:
${floor(task, least)}    # Not worse than what is in production, by more than noise; where nothing is, it passes.
${task === 'number' ? '    # The drop is in the unit of the target: a hundredth of the range that the contract gives it.\n' : ''}    - { metric: ${metric}, baseline: production, max-drop: ${task === 'number' ? maxDrop(target) : 0.01}, without-baseline: pass }
`;
}

/** A gate that no model passes which learned nothing: it has an area of 0.5, and no more than 0 of the variance. */
function floor(task: Task, least: number | undefined): string {
  if (least !== undefined)
    return `    - { metric: ${task === 'number' ? 'rmse' : 'roc_auc'}, min: ${least} }\n`;
  return task === 'number'
    ? `    # Keeps out what learned nothing: the mean of all rows has an r2 of 0, and what knows all has 1. Set what you need.
    - { metric: r2, min: 0.05 }
`
    : `    # Keeps out what learned nothing: a coin has 0.5, and what knows all has 1. Set what you need.
    - { metric: roc_auc, min: 0.6 }
`;
}

/** A hundredth of the range. */
function maxDrop({ range }: InferredColumn): number {
  return range === undefined ? 0.01 : Number(((range.maximum - range.minimum) / 100).toPrecision(2));
}

export function contractYaml({ name, columns, key, target }: PipelineToWrite): string {
  const properties = columns.map((column) => property(column, key, target.name));
  return `# What each column may hold, inferred from the rows. Read it: a range or a list that is too narrow refuses good rows,
# and one that is too wide lets bad ones in.
apiVersion: v3.1.0
kind: DataContract
id: ${name}-rows
name: Rows of ${name}
version: 1.0.0
status: draft
schema:
  - name: rows
    physicalType: csv
    quality:
      - { type: library, metric: rowCount, mustBeGreaterOrEqualTo: 20, severity: error }
    properties:
${properties.join('')}`;
}

function property(column: InferredColumn, key: readonly string[], target: string): string {
  const { name, type, required, unique, personal, range, categories } = column;
  const position = key.indexOf(name);
  const lines = [
    `      - name: ${plain(name)}`,
    `        logicalType: ${type}`,
    ...(required || name === target ? ['        required: true'] : []),
    ...(position >= 0
      ? [
          ...(unique ? ['        unique: true'] : []),
          '        primaryKey: true',
          `        primaryKeyPosition: ${position + 1}`,
        ]
      : []),
    ...(personal ? ['        classification: restricted', '        tags: [pii]'] : []),
    ...(categories !== undefined && position < 0
      ? [
          '        quality:',
          '          - type: library',
          '            metric: invalidValues',
          `            arguments: { validValues: [${categories.map((value) => (type === 'string' ? plain(value) : value)).join(', ')}] }`,
          '            mustBe: 0',
        ]
      : range !== undefined && position < 0
        ? [`        logicalTypeOptions: { minimum: ${range.minimum}, maximum: ${range.maximum} }`]
        : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** A text as YAML, quoted where it would mean something else. */
export function plain(text: string): string {
  const isPlain = /^[A-Za-z_][\w./ -]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain && !/\s$/.test(text) ? text : JSON.stringify(text);
}
