import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate, evaluateText, evaluateTexts, holds } from '../expressions.ts';
import type { Json } from '../forge.ts';
import type { StepResult } from '../result.ts';
import { CommandFileProblem, readPairs } from '../steps/command-files.ts';
import { StepLog } from '../steps/log.ts';
import { runProcess } from '../steps/process.ts';
import type { JobState, OpenStep, StepLevel } from './job-state.ts';
import { prepareAction, runAction } from './run-action.ts';
import { runScript } from './run-script.ts';

/** A step failed; the log says why. */
export class StepFailed extends Error {}

/** `defaults` of the workflow and of the job. */
export interface Defaults {
  readonly workflow: Json;
  readonly job: Json;
}

/** What a step needs while it works. */
export interface StepCall {
  readonly state: JobState;
  readonly level: StepLevel;
  readonly step: Json;
  readonly id: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly open: OpenStep;
  readonly defaults: Defaults;
}

/** `pre` of the actions of other repositories, before the first step: those of the workspace are not there yet. */
export async function runPres(state: JobState, level: StepLevel, steps: readonly Json[]): Promise<void> {
  for (const step of steps) {
    if (step['uses'] === undefined) continue;
    const pre = await prepareAction(state, level, step);
    if (pre === undefined) continue;
    await record(
      state,
      level,
      { name: `Pre ${nameOf(step, String(step['uses']))}`, condition: pre.condition },
      pre.perform,
    );
  }
}

/** The steps in their order; those whose condition does not hold are skipped. */
export async function runSteps(
  state: JobState,
  level: StepLevel,
  steps: readonly Json[],
  defaults: Defaults,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const id =
      step['id'] === undefined
        ? `__${step['run'] === undefined ? 'action' : 'run'}_${index + 1}`
        : String(step['id']);
    const { open, finish } = opened(state);
    const name = stepName(state, level, id, step);
    const ended = await attempt(state, level, { id, step, open }, (environment, opening) =>
      perform({ state, level, step, id, environment, open: opening, defaults }),
    );
    if (step['id'] !== undefined) level.steps[id] = { outputs: { ...open.outputs }, ...ended };
    state.results.push(finish({ id: step['id'] === undefined ? undefined : id, name, ...ended }));
  }
}

/** The steps of a composite action: they write into the log of the step that uses it. */
export async function runInnerSteps(call: StepCall, level: StepLevel, steps: readonly Json[]): Promise<void> {
  const { state, open } = call;
  for (const [index, step] of steps.entries()) {
    const id = step['id'] === undefined ? `${call.id}__${index + 1}` : String(step['id']);
    const inner = { log: open.log, outputs: {}, state: {}, summaries: open.summaries };
    const ended = await attempt(state, level, { id, step, open: inner }, (environment, opening) =>
      perform({ ...call, level, step, id, environment, open: opening }),
    );
    if (step['id'] !== undefined) level.steps[id] = { outputs: inner.outputs, ...ended };
  }
}

async function perform(call: StepCall): Promise<void> {
  const { step } = call;
  for (const key of ['background', 'wait', 'wait-all', 'cancel', 'parallel']) {
    if (step[key] !== undefined) throw new Error(`this runner has no steps with \`${key}\``);
  }
  if (step['run'] !== undefined) await runScript(call);
  else await runAction(call);
}

type Attempted = Pick<StepResult, 'outcome' | 'conclusion'>;

interface Attempt {
  readonly id: string;
  readonly step: Json;
  readonly open: Omit<OpenStep, 'signal'>;
}

/** Condition, time limit, and what a failure means. */
async function attempt(
  state: JobState,
  level: StepLevel,
  { id, step, open }: Attempt,
  work: (environment: Record<string, string>, open: OpenStep) => Promise<void>,
): Promise<Attempted> {
  const { log } = open;
  let environment: Record<string, string> = {};
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // Steps that run in spite of a cancelled job are not cancelled by it once more.
  const begunCancelled = state.cancelled;
  try {
    environment = evaluateTexts(step['env'], state.scope(level, id, {}));
    if (!holds(step['if'], state.scope(level, id, environment))) {
      return { outcome: 'skipped', conclusion: 'skipped' };
    }
    const minutes = Number(evaluate(step['timeout-minutes'] ?? 0, state.scope(level, id, environment)));
    if (minutes > 0) timer = setTimeout(() => late.abort(minutes), minutes * state.yard.settings.minuteMs);
    const signal = begunCancelled ? late.signal : AbortSignal.any([state.signal, late.signal]);
    await work(environment, { ...open, signal });
    if (late.signal.aborted) throw new StepFailed();
    return { outcome: 'success', conclusion: 'success' };
  } catch (error) {
    if (late.signal.aborted) {
      const name = nameOf(step, String(step['uses'] ?? 'Run'));
      log.error(`The action '${name}' has timed out after ${late.signal.reason} minutes.`);
    } else if (!(error instanceof StepFailed)) log.error((error as Error).message);
    if (!late.signal.aborted && !begunCancelled && state.cancelled) {
      log.error('The operation was canceled.');
      return { outcome: 'cancelled', conclusion: 'cancelled' };
    }
    if (isForgiven(state, level, { id, step, environment }))
      return { outcome: 'failure', conclusion: 'success' };
    level.failed = true;
    if (level.action === undefined) state.failed = true;
    return { outcome: 'failure', conclusion: 'failure' };
  } finally {
    clearTimeout(timer);
  }
}

/** `continue-on-error`; an expression that cannot be read forgives nothing. */
function isForgiven(
  state: JobState,
  level: StepLevel,
  {
    id,
    step,
    environment,
  }: { readonly id: string; readonly step: Json; readonly environment: Record<string, string> },
): boolean {
  try {
    return String(evaluate(step['continue-on-error'], state.scope(level, id, environment))) === 'true';
  } catch {
    return false;
  }
}

/** `post` of what has run, last one first; each under its own condition, `always()` when it names none. */
export async function runPosts(state: JobState): Promise<void> {
  for (const post of state.posts.reverse()) {
    const level: StepLevel = { ...post.level, action: undefined, failed: state.failed };
    await record(state, level, { name: `Post ${post.name}`, condition: post.condition }, post.perform);
  }
}

async function record(
  state: JobState,
  level: StepLevel,
  { name, condition }: { readonly name: string; readonly condition: string },
  work: (open: OpenStep) => Promise<void>,
): Promise<void> {
  const { open, finish } = opened(state);
  const step = { if: condition, name };
  const ended = await attempt(state, level, { id: name, step, open }, (_, opening) => work(opening));
  if (ended.conclusion !== 'skipped') state.results.push(finish({ id: undefined, name, ...ended }));
}

interface Opened {
  readonly open: Omit<OpenStep, 'signal'>;
  finish(ended: Pick<StepResult, 'id' | 'name' | 'outcome' | 'conclusion'>): StepResult;
}

function opened(state: JobState): Opened {
  const outputs: Record<string, string> = {};
  const saved: Record<string, string> = {};
  const summaries: string[] = [];
  const log = new StepLog(state.masks, {
    setOutput: (name, value) => {
      outputs[name] = value;
    },
    saveState: (name, value) => {
      saved[name] = value;
    },
  });
  return {
    open: { log, outputs, state: saved, summaries },
    finish: ({ name, ...ended }) => ({
      ...ended,
      name: state.masks.hide(name),
      outputs: { ...outputs },
      log: log.text(),
      annotations: log.annotations,
      annotationsDropped: log.annotationsDropped,
      summary: state.masks.hide(summaries.join('')),
    }),
  };
}

function stepName(state: JobState, level: StepLevel, id: string, step: Json): string {
  try {
    if (step['name'] !== undefined) return evaluateText(step['name'], state.scope(level, id, {}));
  } catch {
    return String(step['name']);
  }
  const what = step['run'] === undefined ? String(step['uses']) : String(step['run']).trim().split('\n')[0]!;
  return `Run ${what}`;
}

export function nameOf(step: Json, fallback: string): string {
  return step['name'] === undefined ? fallback : String(step['name']);
}

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

const summaryLimit = 1024 * 1024;

/** Starts a process of a step with files for what it tells the runner, and does what they say. */
export async function runProgram(call: StepCall, program: Program): Promise<void> {
  const { state, open } = call;
  const folder = join(state.temp, 'commands', randomUUID());
  mkdirSync(folder);
  const files = Object.fromEntries(
    (['output', 'env', 'path', 'state', 'step_summary'] as const).map((name) => [name, join(folder, name)]),
  ) as Record<'output' | 'env' | 'path' | 'state' | 'step_summary', string>;
  for (const file of Object.values(files)) writeFileSync(file, '');
  const environment = { ...program.environment };
  for (const [name, file] of Object.entries(files)) environment[`GITHUB_${name.toUpperCase()}`] = file;
  const { code, group } = await runProcess({
    command: program.command,
    args: program.args,
    folder: program.folder,
    environment,
    line: (line) => open.log.line(line),
    signal: open.signal,
    graceMs: state.yard.settings.graceMs,
  });
  if (group !== undefined) state.groups.push(group);
  const problem = obeyFiles(call, files);
  if (open.signal.aborted) throw new StepFailed();
  if (code !== 0) open.log.error(`Process completed with exit code ${code}.`);
  if (code !== 0 || problem) throw new StepFailed();
}

function obeyFiles(
  { state, open }: StepCall,
  files: Readonly<Record<'output' | 'env' | 'path' | 'state' | 'step_summary', string>>,
): boolean {
  let problem = false;
  const read = (kind: 'output' | 'env' | 'state', use: (name: string, value: string) => void): void => {
    try {
      for (const [name, value] of readPairs(files[kind])) use(name, value);
    } catch (error) {
      if (!(error instanceof CommandFileProblem)) throw error;
      problem = true;
      open.log.error(`Unable to process file command '${kind}' successfully.`);
      open.log.error(error.message);
    }
  };
  read('output', (name, value) => {
    open.outputs[name] = value;
  });
  read('state', (name, value) => {
    open.state[name] = value;
  });
  read('env', (name, value) => {
    if (name.toUpperCase() === 'NODE_OPTIONS') {
      throw new CommandFileProblem(`Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
    }
    state.environment[name] = value;
  });
  const added = readFileSync(files.path, 'utf8').split('\n');
  state.path.push(...added.map((line) => line.trim()).filter((line) => line !== ''));
  const summary = readFileSync(files.step_summary, 'utf8');
  if (Buffer.byteLength(summary) > summaryLimit) {
    const size = Math.ceil(Buffer.byteLength(summary) / 1024);
    open.log.error(
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${size}k.`,
    );
  } else open.summaries.push(summary);
  return problem;
}
