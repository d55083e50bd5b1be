import type { FollowEvent, ServeOptions } from '../../commands/index.ts';
import { placed, serve } from '../../commands/index.ts';
import { readServableManifest } from '../../servable/index.ts';
import type {
  LogEntry,
  LogFormat,
  PlannedModel,
  PlanOutcome,
  ServerLog,
  ServingPlan,
} from '../../serve/index.ts';
import { jsonLog, readableLog } from '../../serve/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

/** Serves until it is interrupted, and then until the last request is answered. */
export async function serveVerb(console: Console, options: ServeOptions & CommonOptions): Promise<void> {
  const logFormat = formatOf(console, options.logFormat);
  const effects = effectsOf(console, options);
  const log = logOf(console, logFormat, effects.now);
  const serving = await serve({ ...options, logFormat }, { ...effects, report: reporter(log) });
  if (!serving.ok) return fail(console, options, serving.failure);
  await using server = serving.value;
  const { url, plan, outcome, following } = server;
  const models = await Promise.all(plan.models.map((model) => summary(model, url, options)));
  if (options.json === true) {
    printJson(console, { url, docs: `${url}/docs`, models, refused: outcome.refused, following });
  }
  if (logFormat === 'json') {
    for (const line of partsOf(plan)) log({ level: 'info', event: 'swap', message: line });
    for (const trouble of troublesOf(plan, outcome)) log(trouble);
    log({ level: 'info', event: 'started', message: `It listens on ${url}`, facts: { url, following } });
  } else if (options.json !== true) {
    const { colour } = console.errTerminal;
    console.err(`${colour('bold', 'Page')}  ${url}/docs\n\n`);
    console.err(
      [...partsOf(plan), ...troublesOf(plan, outcome).map(({ message }) => message)]
        .map((line) => `${line}\n`)
        .join(''),
    );
    for (const { curl } of models) console.err(`\n${curl}\n`);
    const looks = following === undefined ? '' : `${followed(options.models)} every ${following} s. `;
    console.err(`\n${colour('dim', `${looks}Ctrl-C ends it, after the last answer.`)}\n`);
  }
  if (!effects.signal.aborted) {
    await new Promise<void>((resolve) =>
      effects.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }
  log({
    level: 'info',
    event: 'stopping',
    message: 'It takes no more requests, and answers those that are there',
  });
  console.exit(0);
}

/** What may change while it serves: a run and a version stay what they are. */
function followed(references: readonly string[]): string {
  const hasStage = references.some((reference) => reference.includes('#'));
  return hasStage ? 'The stages are looked at' : 'What `serving:` says is looked at';
}

/** Lines for people on a terminal, else lines of JSON. */
function formatOf({ errTerminal }: Console, asked: LogFormat | undefined): LogFormat {
  if (asked === 'json' || (asked === undefined && !errTerminal.isInteractive)) return 'json';
  return errTerminal.colour('bold', '') === '' ? 'text' : 'colour';
}

function logOf({ err, errTerminal }: Console, format: LogFormat, now: () => Date): ServerLog {
  return format === 'json' ? jsonLog(err, now) : readableLog(err, now, errTerminal.colour);
}

/** What a model is, and how to ask it: a command that can be pasted, with a row that its contract allows. */
async function summary(
  { model, served, versions }: PlannedModel,
  url: string,
  { access }: ServeOptions,
): Promise<Readonly<Record<string, unknown>> & { readonly curl: string }> {
  const version = versions.find(({ name }) => name === served);
  const manifest = version === undefined ? undefined : await readServableManifest(version.folder);
  const example = manifest?.ok === true ? manifest.value.golden[0]?.row : undefined;
  const predict = `${url}/predict/${encodeURIComponent(model)}`;
  const key = access === undefined ? '' : ` -H "authorization: Bearer $KEY"`;
  const row = JSON.stringify(example ?? {}).replaceAll("'", "'\\''");
  const curl = `curl ${predict}${key} -H 'content-type: application/json' -d '${row}'`;
  return { model, version: served, digest: version?.digest, versions, predict, example, curl };
}

/** Who plays what part, with the provenance of each. */
function partsOf({ models }: ServingPlan): readonly string[] {
  return models.flatMap(({ model, served, versions, shadows, canary, variants }) =>
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
      return `${model} ${name} ${part}${by}`;
    }),
  );
}

/** What plays no part, and why: not at the level of what goes well, so that whoever watches the log is told. */
function troublesOf({ notes = [] }: ServingPlan, { refused }: PlanOutcome): readonly LogEntry[] {
  return [
    ...refused.map(({ model, version, failure }): LogEntry => {
      const message = `${model} ${version} was refused: ${failure.message}`;
      return { level: 'error', event: 'refused', message, facts: { model, version, code: failure.code } };
    }),
    ...notes.map((message): LogEntry => ({ level: 'warn', event: 'look', message })),
  ];
}

/** What changes while it serves, a line each. */
function reporter(log: ServerLog): (event: FollowEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'applied': {
        const { loaded, retired } = event.outcome;
        const list = (versions: PlanOutcome['loaded']): string =>
          versions.map(({ model, version }) => `${model} ${version}`).join(', ');
        const say = (message: string): void => log({ level: 'info', event: 'swap', message });
        if (loaded.length > 0) say(`Loaded ${list(loaded)}.`);
        if (retired.length > 0) say(`Retired ${list(retired)}.`);
        for (const line of partsOf(event.plan)) say(line);
        for (const trouble of troublesOf(event.plan, event.outcome)) log(trouble);
        return;
      }
      case 'look-failed':
        for (const failure of event.failures)
          log({
            level: 'warn',
            event: 'look',
            message: `The stages could not be looked up, and what is served stays: ${placed(failure)}`,
            facts: { code: failure.code },
          });
        return;
      case 'look-recovered':
        log({ level: 'info', event: 'look', message: 'The stages can be looked up again.' });
    }
  };
}
