import { success } from '../base/index.ts';
import { validate } from '../commands/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, pipeline } from './common-inputs.ts';
import { contractAnnotations } from './contract-annotations.ts';
import { validationSummary } from './validation-summary.ts';

export const validateAction: Action = defineAction({
  name: 'validate',
  description:
    'Checks the data of a pipeline against its contracts, and shows failing rows where they stand.',
  packages: true,
  permissions: ['contents: read'],
  inputs: {
    pipeline,
    data: {
      kind: 'text',
      description: 'Name of one dataset of the pipeline. Without it all that have a contract.',
    },
    directory,
  },
  outputs: {
    verdict: { description: '`pass`, `fail` or `inconclusive`.' },
    datasets: { description: 'What was found, as JSON: checks and verdicts by dataset.' },
  },
  run: async ({ inputs: { pipeline: name, data }, effects, say, project }) => {
    const validated = await validate({ pipeline: name, ...(data === undefined ? {} : { data }) }, effects);
    if (!validated.ok) return validated;
    const { verdict, datasets } = validated.value;
    for (const { name: dataset, summary } of datasets) say(`${dataset}: ${summary.join('\n')}`);
    return success({
      verdict,
      annotations: datasets.flatMap((each) => contractAnnotations(each, project)),
      summary: validationSummary(verdict, datasets),
      outputs: {
        verdict,
        datasets: JSON.stringify(Object.fromEntries(datasets.map(({ name: id, checks }) => [id, checks]))),
      },
    });
  },
});
