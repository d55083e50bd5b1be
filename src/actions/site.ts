import { success } from '../base/index.ts';
import { makeSite } from '../commands/index.ts';
import { markdownText } from '../report/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory } from './common-inputs.ts';

export const siteAction: Action = defineAction({
  name: 'site',
  description: 'Builds the static site of runs, models and data, and of the pages of the repository.',
  packages: 'site',
  permissions: ['contents: read', 'packages: read, where the store is a registry of GitHub'],
  inputs: {
    out: {
      kind: 'text',
      default: '.trainyard/site-out',
      description:
        'Folder of the site, as a path from the project. With what an earlier build left in it, only what is new is made.',
    },
    base: {
      kind: 'text',
      description:
        'Path of the site on its host, with slashes at both ends. Default: `base` of `site:` in `trainyard.yaml`, else where GitHub Pages shows it: `/`, or `/` and the name of the repository.',
    },
    directory,
  },
  outputs: {
    folder: { description: 'Where the site is; absolute.' },
    base: { description: 'Its path on its host.' },
    runs: { description: 'How many runs it shows.' },
    'new-runs': { description: 'How many of them no earlier build had.' },
    models: { description: 'How many models it shows.' },
    datasets: { description: 'How many datasets it shows.' },
  },
  run: async ({ inputs: { out, base }, effects, say }) => {
    const made = await makeSite(
      {
        out,
        ...(base === undefined ? {} : { base }),
        otherwiseBase: pagesPath(effects.env['GITHUB_REPOSITORY']),
        progress: say,
      },
      effects,
    );
    if (!made.ok) return made;
    const { runs, models, datasets, notes, missing, pagesMade } = made.value;
    const lines = [
      `${runs.total} runs, ${runs.added} of them new; ${models} models; ${datasets} datasets; pages ${pagesMade ? 'made' : 'as before'}`,
      ...notes.map((note) => `Note: ${note}`),
      ...missing.map((what) => `Left out: ${what}`),
    ];
    say(lines.join('\n'));
    return success({
      outputs: {
        folder: made.value.out,
        base: made.value.base,
        runs: String(runs.total),
        'new-runs': String(runs.added),
        models: String(models),
        datasets: String(datasets),
      },
      summary: `${lines.map((line) => `- ${markdownText(line)}`).join('\n')}\n`,
    });
  },
});

/** Where GitHub Pages shows the site of a repository that has no domain of its own. */
export function pagesPath(repository: string | undefined): string {
  const [owner, name] = (repository ?? '').split('/');
  if (owner === undefined || name === undefined) return '/';
  return name.toLowerCase() === `${owner.toLowerCase()}.github.io` ? '/' : `/${name}/`;
}
