import { Command } from 'commander';
import type { Console } from './console.ts';
import { addDataVerbs } from './program/data-verbs.ts';
import { addInitVerb } from './program/init-verb.ts';
import { addModelsVerbs } from './program/models-verbs.ts';
import { addPipelineVerbs } from './program/pipeline-verbs.ts';
import { addPromotionVerbs } from './program/promotion-verbs.ts';
import { addProvenanceVerbs } from './program/provenance-verbs.ts';
import { addRegisterVerbs } from './program/register-verbs.ts';
import { addReportVerb } from './program/report-verb.ts';
import { addRunsSyncVerbs } from './program/runs-sync-verbs.ts';
import { addRunsUseVerbs } from './program/runs-use-verbs.ts';
import { addRunsVerbs } from './program/runs-verbs.ts';
import { addServingVerbs } from './program/serving-verbs.ts';
import { addSiteVerbs } from './program/site-verbs.ts';

/** Builds the command line: names, options, help. What a verb does is loaded when the verb is called. */
export function buildProgram(console: Console, version: string): Command {
  const program = new Command('trainyard')
    .description('Machine learning operated from a Git repository, with no server to run.')
    .version(version, '-V, --version')
    .option('-C, --directory <folder>', 'work as if started in this folder')
    .option('--json', 'print the result as JSON on standard output')
    .showHelpAfterError('(trainyard <verb> --help shows what it takes)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: console.out, writeErr: console.err })
    .exitOverride()
    .hook('preAction', async (_, action) => {
      const { checkDirectory } = await import('./directory.ts');
      checkDirectory(console, action.optsWithGlobals());
    });

  addInitVerb(program, console, version);
  addPipelineVerbs(program, console);
  addDataVerbs(program, console);
  addReportVerb(program, console);
  const runs = program.command('runs').description('query, compare and share run records');
  addRunsVerbs(runs, console);
  addRunsSyncVerbs(runs, console);
  addRunsUseVerbs(runs, console);
  const models = program.command('models').description('versions of models, and where they stand');
  addModelsVerbs(models, console);
  addProvenanceVerbs(models, console);
  addRegisterVerbs(program, models, console);
  addPromotionVerbs(program, console);
  addServingVerbs(program, console);
  addSiteVerbs(program, console);
  return program;
}
