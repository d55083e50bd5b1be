import type { RunRecord } from '@format';
import { counted, mainMetricOf, shownEstimate } from '@format';

/** What became of a run, in a sentence for people who read nothing else. */
export function runSentence(run: RunRecord): string {
  if (run.status === 'cancelled') {
    const done = run.steps.filter(({ status }) => status === 'ran' || status === 'cached').length;
    return `Cancelled after ${done} of ${counted(run.steps.length, 'step')}.`;
  }
  const broken = run.steps.find(({ failure }) => failure !== undefined);
  if (run.status === 'failed') {
    const data = brokenData(run);
    if (data !== undefined) return data;
    return broken === undefined
      ? 'The run failed.'
      : `${broken.id} failed: ${ended(broken.failure!.message)}`;
  }
  const parts = [modelSentence(run), brokenData(run) ?? gatesSentence(run)];
  const said = parts.filter((part) => part !== undefined).join(' ');
  return said === '' ? 'Every step succeeded; there was no model to measure and no gate to meet.' : said;
}

function modelSentence(run: RunRecord): string | undefined {
  const main = mainEstimate(run);
  if (main === undefined) return undefined;
  const among = run.model?.choice?.among ?? 1;
  const best = among > 1 ? `, the best of ${counted(among, 'candidate')},` : '';
  return `${main.step}${best} reaches ${main.metric} ${shownEstimate(main.estimate)}.`;
}

function gatesSentence({ gates, verdict }: RunRecord): string | undefined {
  const results = gates?.results ?? [];
  const failing = results.filter((result) => result.verdict === 'fail').length;
  const open = results.filter((result) => result.verdict === 'inconclusive').length;
  if (failing > 0)
    return `${failing} of ${counted(results.length, 'gate')} ${failing === 1 ? 'fails' : 'fail'}.`;
  if (open > 0) return `${open} of ${counted(results.length, 'gate')} could not be judged.`;
  if (results.length > 0)
    return results.length === 1 ? 'The gate holds.' : `All ${results.length} gates hold.`;
  return verdict === 'inconclusive' ? 'No gate was judged.' : undefined;
}

function brokenData({ data }: RunRecord): string | undefined {
  const broken = Object.entries(data).filter(([, { checks }]) => checks?.verdict === 'fail');
  if (broken.length === 0) return undefined;
  const [name, state] = broken[0]!;
  const failing = state.checks!.checks.filter(
    (check) => check.verdict === 'fail' && check.severity === 'error',
  );
  const more = broken.length > 1 ? `, and ${counted(broken.length - 1, 'other dataset')} too` : '';
  return `The data ${name} breaks its contract (${counted(failing.length, 'check')})${more}.`;
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The metric to look at first, of the model that the run is of. */
export function mainEstimate(run: RunRecord):
  | {
      readonly step: string;
      readonly metric: string;
      readonly estimate: { readonly value: number; readonly low: number; readonly high: number };
    }
  | undefined {
  const metric = mainMetricOf(run);
  const chosen = chosenModel(run);
  const estimate = metric === undefined ? undefined : chosen?.evaluation?.metrics[metric];
  return chosen === undefined || metric === undefined || estimate === undefined
    ? undefined
    : { step: chosen.step, metric, estimate };
}

export function chosenModel(run: RunRecord): RunRecord['models'][number] | undefined {
  return run.models.find(({ step }) => step === run.model?.step);
}
