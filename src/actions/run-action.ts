import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import process from 'node:process';
import * as core from '@actions/core';
import type { Failure } from '../base/index.ts';
import { findRoot, processEffects } from '../commands/index.ts';
import { markdownText, renderDiagnostics } from '../report/index.ts';
import type { Action, ActionOutcome, Annotation, InputSpecs, OutputSpecs } from './action.ts';
import { annotationOf, shownAnnotations } from './annotate.ts';
import { eventUnreadable, folderIsLink } from './failures.ts';
import { linkInOwnFolder } from './own-folder.ts';
import { installPackages } from './packages.ts';
import { readInputs } from './read-inputs.ts';

/** GitHub keeps so many bytes of one step's summary, and nothing of a longer one. */
const summaryLimit = 1024 * 1024;

/** One action in its process: reads the runner's files, runs, and says what came out. Never throws. */
export async function runAction<I extends InputSpecs, O extends OutputSpecs>(
  action: Action<I, O>,
): Promise<void> {
  const end = new AbortController();
  // The runner asks first, and kills some seconds later.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  const { env } = process;
  const cwd = env['GITHUB_WORKSPACE'] ?? process.cwd();
  try {
    const inputs = readInputs(action.inputs, (name) => textOfInput(action, name));
    if (!inputs.ok) return report({ outputs: {}, failures: inputs.failure }, cwd);
    if (action.packages !== false && action.goesWithoutPackages?.(inputs.value) !== true) {
      const installed = await installPackages(env, action.packages === 'site' ? 'site' : '.');
      if (!installed.ok) return report({ outputs: {}, failures: [installed.failure] }, cwd);
    }
    const folder = (inputs.value as { readonly directory?: string }).directory ?? '.';
    const link = await linkInOwnFolder(findRoot(`${cwd}/${folder}`));
    if (link !== undefined) return report({ outputs: {}, failures: [folderIsLink(link)] }, cwd);
    const event = await eventOf(env['GITHUB_EVENT_PATH']);
    if (event === undefined) return report({ outputs: {}, failures: [eventUnreadable()] }, cwd);
    const effects = processEffects({ cwd: `${cwd}/${folder}`, env, signal: end.signal });
    const outcome = await action.run({
      inputs: inputs.value,
      effects,
      event,
      say,
      mask: (secret) => {
        if (secret !== '') core.setSecret(secret);
      },
      addPath: (path) => core.addPath(path),
      project: projectOf(cwd, folder),
    });
    await report(outcome.ok ? outcome.value : { outputs: {}, failures: outcome.failure }, cwd, folder);
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    core.setFailed(`This is a bug in the action ${action.name}, not in your work. Please report the log.`);
  }
}

function textOfInput(action: Action, name: string): string {
  const text = core.getInput(name);
  if (action.inputs[name]!.secret === true && text !== '') core.setSecret(text);
  return text;
}

/** Outputs first: a step that fails still has them. */
async function report(outcome: ActionOutcome, cwd: string, folder = '.'): Promise<void> {
  const { outputs, verdict, summary, annotations = [], failures = [] } = outcome;
  for (const [name, value] of Object.entries(outputs)) if (value !== undefined) core.setOutput(name, value);
  const project = projectOf(cwd, folder);
  const all = [...annotations, ...failures.map((failure) => annotationOf(failure, project))];
  if (failures.length > 0) say(await diagnostics(failures, findRoot(`${cwd}/${folder}`)));
  for (const annotation of shownAnnotations(all)) annotate(annotation);
  await writeSummary(summary ?? failures.map(({ message }) => `- ${markdownText(message)}`).join('\n'));
  if (failures.length > 0 || verdict === 'fail') process.exitCode = 1;
}

function projectOf(cwd: string, folder: string): string {
  return relative(cwd, findRoot(`${cwd}/${folder}`)) || '.';
}

async function diagnostics(failures: readonly Failure[], root: string): Promise<string> {
  const texts = new Map<string, string>();
  for (const { place } of failures) {
    if (place === undefined) continue;
    const text = await readFile(`${root}/${place.file}`, 'utf8').catch(() => undefined);
    if (text !== undefined) texts.set(place.file, text);
  }
  return renderDiagnostics(failures, {
    textOf: (file) => texts.get(file),
    paint: (_, text) => text,
    width: 120,
  });
}

const show = { error: core.error, warning: core.warning, notice: core.notice };

function annotate({ level, title, message, place }: Annotation): void {
  const { file, line, column, length } = place ?? {};
  show[level](message, {
    title,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { startLine: line, endLine: line }),
    ...(column === undefined ? {} : { startColumn: column, endColumn: column + (length ?? 1) - 1 }),
  });
}

/** Text from anywhere: a line of it that looks like a command of the runner stays a line. */
function say(text: string): void {
  const token = randomUUID();
  core.info(/::|##\[/.test(text) ? `::stop-commands::${token}\n${text}\n::${token}::` : text);
}

async function writeSummary(markdown: string): Promise<void> {
  if (markdown === '' || process.env['GITHUB_STEP_SUMMARY'] === undefined) return;
  const bytes = Buffer.byteLength(markdown);
  const text = bytes <= summaryLimit ? markdown : `The summary is too long to be shown (${bytes} bytes).\n`;
  await core.summary.addRaw(text, true).write();
}

/** `undefined` when its file is not what GitHub writes. */
async function eventOf(path: string | undefined): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (path === undefined || path === '') return {};
  let event: unknown;
  try {
    event = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
  return typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {};
}
