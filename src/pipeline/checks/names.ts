import path from 'node:path';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import type { PlacePath } from '../pipeline.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking } from './checking.ts';
import { steps } from './checking.ts';

/** Steps that the plan adds by itself, and a word that stands for models of other runs. */
const reserved: readonly string[] = ['gates', 'baseline', 'data'];

/** Names that would be mixed up with others. */
export const checkNames: Check = (checking) => [
  ...folderName(checking),
  ...steps(checking).flatMap(([name]) => reservedName(checking, name)),
  ...alike(checking, 'steps', (name) => name.toLowerCase(), 'names of steps differ in more than case'),
  ...alike(checking, 'params', (name) => name.toLowerCase(), 'names of params differ in more than case'),
  ...alike(checking, 'data', variable, 'both would be the environment variable of one dataset: rename one'),
];

function variable(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

function folderName({ draft, places, path: file }: Checking): readonly FileFailure[] {
  const folder = /^pipelines\/([^/]+)\/pipeline\.ya?ml$/.exec(file)?.[1];
  if (folder === undefined || draft.name === undefined || draft.name === folder) return [];
  const message = `the pipeline is called ${shown(draft.name)}, and its folder ${shown(folder)}`;
  const remedy = `give both one name: write \`name: ${folder}\`, or rename the folder to ${path.posix.join('pipelines', draft.name)}`;
  return [mistake('pipeline-name-folder', message, places.place(['name']), remedy)];
}

function reservedName({ places }: Checking, name: string): readonly FileFailure[] {
  if (!reserved.includes(name.toLowerCase())) return [];
  const message = `a step cannot be called ${shown(name)}: the name has a meaning of its own`;
  return [mistake('pipeline-name', message, places.keyPlace(['steps', name]), 'choose another name')];
}

function alike(
  { draft, places }: Checking,
  section: 'steps' | 'params' | 'data',
  fold: (name: string) => string,
  remedy: string,
): readonly FileFailure[] {
  const seen = new Map<string, string>();
  return Object.keys(draft[section] ?? {}).flatMap((name) => {
    const other = seen.get(fold(name));
    seen.set(fold(name), other ?? name);
    if (other === undefined) return [];
    const at: PlacePath = [section, name];
    return [
      mistake(
        'pipeline-name-alike',
        `${shown(name)} is too much like ${shown(other)}`,
        places.keyPlace(at),
        remedy,
      ),
    ];
  });
}
