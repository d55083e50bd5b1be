import { validate } from '../../commands/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface ValidateVerbOptions extends CommonOptions {
  readonly pipeline: string;
  readonly data?: string;
}

export async function validateVerb(console: Console, options: ValidateVerbOptions): Promise<void> {
  const validated = await validate(options, effectsOf(console, options));
  if (!validated.ok) return fail(console, options, validated.failure);
  const { verdict, datasets } = validated.value;
  if (options.json === true) {
    printJson(console, {
      verdict,
      datasets: Object.fromEntries(datasets.map(({ name, checks }) => [name, checks])),
    });
  } else if (datasets.length === 0) {
    console.err('No dataset of this pipeline has a contract.\n');
  } else {
    for (const { name, summary } of datasets)
      console.out(
        `${name}: ${summary
          .flatMap((text) => text.split('\n'))
          .map(visible)
          .join('\n')}\n`,
      );
  }
  console.exit(verdict === 'pass' ? 0 : 1);
}
