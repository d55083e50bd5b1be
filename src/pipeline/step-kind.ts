import { nearest } from '../base/index.ts';
import type { Chooser } from './check-shape.ts';
import { mistake } from './file-failures.ts';
import type { Schema } from './schema.ts';
import { foundOf, listed, shown } from './shape-words.ts';
import type { YamlPlaces } from './yaml-places.ts';

/** Tells what kind of step a map is, by `uses` or `run`. */
export function stepChooser(places: YamlPlaces): Chooser {
  return (step, branches, path) => {
    const kinds = new Map(branches.map((branch) => [nameOf(branch), branch]));
    const name = shown(String(path.at(-1)));
    if (Object.hasOwn(step, 'uses') && Object.hasOwn(step, 'run')) {
      const message = `the step ${name} has both \`uses\` and \`run\``;
      return mistake(
        'pipeline-step-kind',
        message,
        places.keyPlace([...path, 'run']),
        'make two steps of it',
      );
    }
    if (Object.hasOwn(step, 'run')) return kinds.get('run');
    const names = [...kinds.keys()].filter((kind) => kind !== 'run');
    if (!Object.hasOwn(step, 'uses')) {
      const near = Object.keys(step).find((key) =>
        ['uses', 'run'].includes(nearest(key, ['uses', 'run']) ?? ''),
      );
      const message = `the step ${name} has neither \`uses\` nor \`run\``;
      if (near !== undefined) {
        const remedy = `did you mean \`${nearest(near, ['uses', 'run'])}\`?`;
        return mistake('pipeline-step-kind', message, places.keyPlace([...path, near]), remedy);
      }
      const remedy = `add \`run\` with a command, or \`uses\` with ${listed(names.map(shown), 'or')}`;
      return mistake('pipeline-step-kind', message, places.keyPlace(path), remedy);
    }
    const uses = step['uses']!;
    const kind = typeof uses === 'string' ? kinds.get(uses) : undefined;
    if (kind !== undefined && uses !== 'run') return kind;
    const meant = typeof uses === 'string' ? nearest(uses, names) : undefined;
    const message = `\`uses\` must be ${listed(names.map(shown), 'or')}, not ${foundOf(uses)}`;
    const remedy =
      meant === undefined ? 'a command of your own stands under `run`' : `did you mean \`${meant}\`?`;
    return mistake('pipeline-value-unknown', message, places.place([...path, 'uses']), remedy);
  };
}

function nameOf(branch: Schema): string {
  const uses = branch.properties?.['uses']?.const;
  return typeof uses === 'string' ? uses : 'run';
}
