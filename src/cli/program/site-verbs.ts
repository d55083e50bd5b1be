import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Console } from '../console.ts';
import { positiveInteger, verb } from './verb.ts';

/** site build, site dev. */
export function addSiteVerbs(program: Command, console: Console): void {
  const site = program.command('site').description('the static site of runs, models and data');
  verb(site, 'build', 'write the site: static files for any host', [
    'trainyard site build --out public',
    'trainyard site build --out public --base /heart-disease/',
  ])
    .option('--out <folder>', 'where to write it (default: .trainyard/site-out)')
    .option('--base <path>', 'path of the site on its host (default: of trainyard.yaml, or /)', sitePath)
    .action(async (_, command) => {
      const { siteBuildVerb } = await import('../verbs/site.ts');
      await siteBuildVerb(console, command.optsWithGlobals());
    });
  verb(site, 'dev', 'show the site on this machine, with what is written and recorded meanwhile', [
    'trainyard site dev',
    'trainyard site dev --port 8000',
  ])
    .option('--port <number>', 'port (default: 5173, or the next that is free)', positiveInteger)
    .option('--base <path>', 'path of the site on its host (default: of trainyard.yaml, or /)', sitePath)
    .action(async (_, command) => {
      const { siteDevVerb } = await import('../verbs/site-dev.ts');
      await siteDevVerb(console, command.optsWithGlobals());
    });
}

function sitePath(text: string): string {
  if (!/^\/([^/?#\s]+\/)*$/.test(text))
    throw new InvalidArgumentError('It must begin and end with a slash: /, /heart-disease/.');
  return text;
}
