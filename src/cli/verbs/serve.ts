import type { FollowEvent, ServeOptions } from '../../commands/index.ts';
import { serve } from '../../commands/index.ts';
import type { PlannedModel, PlanOutcome, ServingPlan } from '../../serve/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

/** Serves until it is interrupted, and then until the last request is answered. */
export async function serveVerb(console: Console, options: ServeOptions & CommonOptions): Promise<void> {
  const effects = { ...effectsOf(console, options), report: reporter(console) };
  const serving = await serve(options, effects);
  if (!serving.ok) return fail(console, options, serving.failure);
  await using server = serving.value;
  const { url, plan, outcome, following } = server;
  if (options.json === true) {
    printJson(console, { url, models: plan.models.map(summary), refused: outcome.refused, following });
  } else {
    console.err(plan.models.map((model) => `${model.model}: ${url}/predict/${model.model}\n`).join(''));
    console.err(partsOf(plan, outcome));
    console.err(following === undefined ? '' : `The stages are looked at every ${following} s.\n`);
  }
  if (!effects.signal.aborted) {
    await new Promise<void>((resolve) =>
      effects.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }
  console.exit(0);
}

function summary({ model, served, versions }: PlannedModel): Readonly<Record<string, unknown>> {
  const digest = versions.find(({ name }) => name === served)?.digest;
  return { model, version: served, digest, versions };
}

/** Who plays what part, with the provenance of each, and what stands against others. */
function partsOf({ models, notes = [] }: ServingPlan, { refused }: PlanOutcome): string {
  const lines = models.flatMap(({ model, served, versions, shadows, canary, variants }) =>
    versions.map(({ name, provenance }) => {
      const parts = [
        ...(name === served ? ['answers'] : []),
        ...(name === canary?.version ? [`gets ${100 * canary.share} % of the requests`] : []),
        ...(shadows.includes(name) ? ['gets copies'] : []),
        ...Object.entries(variants?.versions ?? {}).flatMap(([value, version]) =>
          version === name ? [`answers when ${variants?.header} is ${value}`] : [],
        ),
      ];
      const part = parts.join(', ') || 'answers requests that name it';
      const by = provenance === undefined ? '' : `; provenance ${provenance.verdict}: ${provenance.because}`;
      return `  ${model} ${name} ${part}${by}\n`;
    }),
  );
  return [
    ...lines,
    ...refused.map(
      ({ model, version, failure }) => `  ${model} ${version} was refused: ${failure.message}\n`,
    ),
    ...notes.map((note) => `  note: ${note}\n`),
  ].join('');
}

/** What changes while it serves, a line each. */
function reporter({ err }: Console): (event: FollowEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'applied': {
        const { loaded, retired } = event.outcome;
        const list = (versions: PlanOutcome['loaded']): string =>
          versions.map(({ model, version }) => `${model} ${version}`).join(', ');
        if (loaded.length > 0) err(`Loaded ${list(loaded)}.\n`);
        if (retired.length > 0) err(`Retired ${list(retired)}.\n`);
        err(partsOf(event.plan, event.outcome));
        return;
      }
      case 'look-failed':
        for (const { message } of event.failures)
          err(`The stages could not be looked up, and what is served stays: ${message}\n`);
        return;
      case 'look-recovered':
        err('The stages can be looked up again.\n');
    }
  };
}
