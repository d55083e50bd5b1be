import type { InferredColumn } from './infer-columns.ts';
import type { PipelineToWrite } from './pipeline-files.ts';
import { featuresOf, taskOf } from './pipeline-files.ts';

/** What was made of the columns of somebody's rows, in a few lines, for the person who has to read the files. */
export function dataNotes(made: PipelineToWrite): readonly string[] {
  const { columns, key, target, data } = made;
  const { numbers, categories } = featuresOf(made);
  const used = [...numbers, ...categories, ...key, target.name];
  const left = columns.filter(({ name }) => !used.includes(name));
  const personal = columns.filter((column) => column.personal).map(({ name }) => name);
  const task = { 'two classes': 'one of two classes', classes: 'one of its classes', number: 'a number' };
  const placeholders = columns.flatMap(({ name, placeholders }) =>
    placeholders === undefined
      ? []
      : [
          `\`${name}\` holds ${placeholders.words.join(', ')} in ${rows(placeholders.count)}, and is a text by that: leave these fields empty, and it is a number with gaps.`,
        ],
  );
  return [
    `Predicted: \`${target.name}\`, as ${task[taskOf(made)]}. Key: ${key.join(', ')}.`,
    ...(numbers.length === 0 ? [] : [`Features that are numbers: ${numbers.join(', ')}.`]),
    ...(categories.length === 0 ? [] : [`Features with few values, one-hot: ${categories.join(', ')}.`]),
    ...(left.length === 0
      ? []
      : [`Left out: ${left.map((column) => `${column.name} (${whyLeft(column)})`).join(', ')}.`]),
    ...placeholders,
    ...(personal.length === 0
      ? []
      : [
          `Personal data, by name or value: ${personal.join(', ')}. No feature is made of it, and ${data} would be committed with it: take it out first, or keep the rows elsewhere.`,
        ]),
    ...(taskOf(made) === 'number'
      ? ['The gate `r2 min: 0.05` only keeps out a model that learned nothing: set what you need.']
      : made.least === undefined
        ? ['The gate `roc_auc min: 0.6` only keeps out a model that learned nothing: set what you need.']
        : []),
  ];
}

function whyLeft({ personal, type, distinct }: InferredColumn): string {
  if (distinct === 0) return 'no values';
  if (personal) return 'personal data';
  if (type === 'date' || type === 'timestamp') return 'a time';
  if (distinct === 1) return 'one value';
  if (type === 'string') return `text with ${distinct} different values`;
  return type === 'boolean' ? 'true or false' : type;
}

export function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
