import type { Failure } from '../base/index.ts';
import { nearest } from '../base/index.ts';

export type CommandFailure = Failure<
  | 'commands-dataset-unknown'
  | 'commands-param-malformed'
  | 'commands-folder-missing'
  | 'commands-nothing-to-check'
>;

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

export function folderMissing(folder: string): CommandFailure {
  return {
    code: 'commands-folder-missing',
    kind: 'input',
    message: `There is no folder ${folder}`,
    remedy: 'Name a folder that is there after `-C`.',
  };
}

export function nothingToCheck(root: string): CommandFailure {
  return {
    code: 'commands-nothing-to-check',
    kind: 'input',
    message: `There is no pipeline under ${root}/pipelines, and no trainyard.yaml`,
    remedy: 'Go to the repository, name a file, or write pipelines/<name>/pipeline.yaml.',
  };
}
