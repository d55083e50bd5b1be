import type { Freshness, HistoryOptions, ListModelsOptions, ShowModelOptions } from '../../commands/index.ts';
import { historyOfModel, historySummary, listModels, modelSummary, showModel } from '../../commands/index.ts';
import { modelHistoryText, modelListText, modelText, modelVersionText } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { diagnostics, fail } from '../failures.ts';

export async function listModelsVerb(
  console: Console,
  options: ListModelsOptions & CommonOptions,
): Promise<void> {
  const listed = await listModels(options, effectsOf(console, options));
  if (!listed.ok) return fail(console, options, listed.failure);
  const { models } = listed.value;
  if (options.json === true) printJson(console, models.map(modelSummary));
  else if (models.length === 0) {
    console.err(
      options.stage === undefined
        ? 'No models are registered yet. `trainyard register <model>` registers the first version.\n'
        : `No version of any model stands in ${options.stage}.\n`,
    );
  } else console.out(modelListText(listed.value, console.outTerminal));
  tellOfStaleness(console, options, listed.value);
}

export async function showModelVerb(
  console: Console,
  options: ShowModelOptions & CommonOptions,
): Promise<void> {
  const shown = await showModel(options, effectsOf(console, options));
  if (!shown.ok) return fail(console, options, shown.failure);
  const { value } = shown;
  if (value.kind === 'model') {
    if (options.json === true) printJson(console, value.state);
    else console.out(modelText(value.state, value.stages, console.outTerminal));
  } else if (options.json === true) {
    const { state: _, run, ...resolved } = value.resolved;
    printJson(console, { ...resolved, ...(run === undefined ? {} : { run: run.id }) });
  } else console.out(modelVersionText(value.resolved, console.outTerminal));
  tellOfStaleness(console, options, value);
}

export async function historyVerb(console: Console, options: HistoryOptions & CommonOptions): Promise<void> {
  const history = await historyOfModel(options, effectsOf(console, options));
  if (!history.ok) return fail(console, options, history.failure);
  if (options.json === true) printJson(console, historySummary(history.value));
  else console.out(modelHistoryText(history.value, console.outTerminal));
  tellOfStaleness(console, options, history.value);
}

/** An answer without a look at the remote is an answer; but nobody may take it for the newest. */
function tellOfStaleness(console: Console, options: CommonOptions, { stale }: Freshness): void {
  if (stale === undefined) return;
  console.err('\nThis is what this clone knows; the remote could not be asked:\n');
  console.err(diagnostics(console, options, [stale]));
}
