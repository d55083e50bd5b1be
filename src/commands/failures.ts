import type { Failure } from '../base/index.ts';
import { nearest } from '../base/index.ts';

export type CommandFailure = Failure<'commands-dataset-unknown' | 'commands-param-malformed'>;

export function datasetUnknown(name: string, datasets: readonly string[]): CommandFailure {
  const meant = nearest(name, datasets);
  return {
    code: 'commands-dataset-unknown',
    kind: 'input',
    message: `The pipeline has no dataset \`${name}\``,
    remedy:
      meant === undefined
        ? `Name one of: ${datasets.join(', ') || '(it has none)'}.`
        : `Did you mean \`${meant}\`?`,
  };
}

export function paramMalformed(text: string): CommandFailure {
  return {
    code: 'commands-param-malformed',
    kind: 'input',
    message: `\`--param ${text}\` does not say name=value`,
    remedy: 'Write for example `--param trees=300`.',
  };
}
