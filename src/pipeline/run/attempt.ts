import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure, FailureKind } from '../../base/index.ts';
import type { StepCall } from '../../steps/index.ts';
import { stepEntry } from '../../steps/index.ts';
import type { Artifact } from '../cache.ts';
import type { HandedFile } from '../plan/settle.ts';
import type { OutputReference, PlannedStep, Work } from '../plan.ts';
import { builtInEnvironment, commandEnvironment } from './environment.ts';
import { bashMissing, commandFailed, startFailed, stepBroken, stepKilled, stepTimeout } from './failures.ts';
import { splitLines } from './lines.ts';
import type { StepLog } from './log.ts';
import { maskDeep } from './log.ts';
import { collectOutputs, filesOfWork } from './outs.ts';
import type { ProcessEnd } from './process.ts';
import { runProcess } from './process.ts';
import type { RunContext } from './run-context.ts';
import type { AttemptFolder } from './workspace.ts';

export type AttemptEnd =
  | { readonly kind: 'done'; readonly outputs: readonly Artifact[] }
  | { readonly kind: 'rejected'; readonly outputs: readonly Artifact[] }
  /** `lasting`: it would fail again in the same way. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly lasting: boolean }
  | { readonly kind: 'cancelled' };

export interface Attempt {
  readonly step: PlannedStep;
  readonly work: Work;
  readonly files: readonly HandedFile[];
  /** Paths of the copies of `files`. */
  readonly paths: ReadonlyMap<OutputReference, string>;
  readonly folder: AttemptFolder;
  readonly log: StepLog;
  readonly threads: number;
}

/**
 * Ends the group when the process that waits for it is gone: file descriptor 4 is a pipe that it holds open. Then the
 * command takes the place of this shell, so that it leads the group and has no children that it does not know.
 */
const guardedCommand =
  '( trap "" TERM INT HUP; exec </dev/null >/dev/null 2>&1 3>&-; read -r _ <&4; kill -KILL 0 ) & ' +
  'exec bash --noprofile --norc -eo pipefail -c "$1" bash 3>&- 4<&-';

/** Bash reads ~/.bashrc when it thinks that it was started over a network, which sockets as streams make it think. */
const withoutStartFiles: readonly string[] = ['--noprofile', '--norc'];

/** Runs the work of a step once, in a process of its own, and takes what it made into the store. */
export async function runAttempt(attempt: Attempt, context: RunContext): Promise<AttemptEnd> {
  const { step, work, folder, log } = attempt;
  const reports: Reports = { failures: [], verdict: undefined };
  const onLine = (line: string): void => {
    log.add(line);
    context.listener({ kind: 'output', step: step.id, line });
  };
  const lines = (): ReturnType<typeof splitLines> => splitLines({ mask: context.mask, onLine });
  if (work.kind === 'command') await makeFoldersOf(work.outs, folder.out);
  const call = work.kind === 'builtin' ? builtInCall(attempt, context) : commandCall(attempt, context);
  const end = await runProcess({
    ...call,
    lines: [lines(), lines()],
    signal: context.signal,
    graceMilliseconds: context.graceMilliseconds,
    ...(step.timeoutMinutes === undefined ? {} : { timeoutMilliseconds: step.timeoutMinutes * 60_000 }),
    onStart: (pid) => void folder.started(pid).catch(() => undefined),
    onReport: (line) => {
      const report = maskDeep(parseReport(line), context.mask);
      if (report?.kind === 'progress') context.listener({ ...report, step: step.id });
      if (report?.kind === 'failure') reports.failures.push(report.failure);
      if (report?.kind === 'verdict') reports.verdict = report.verdict;
    },
  });
  return judge(attempt, end, reports, context);
}

/** So that a command writes `$TRAINYARD_OUT/sklearn/model.onnx` without making the folder first. */
async function makeFoldersOf(outs: Readonly<Record<string, string>>, out: string): Promise<void> {
  for (const file of Object.values(outs))
    await mkdir(path.dirname(path.join(out, file)), { recursive: true });
}

interface Reports {
  readonly failures: Failure[];
  verdict: string | undefined;
}

async function judge(
  attempt: Attempt,
  end: ProcessEnd,
  reports: Reports,
  context: RunContext,
): Promise<AttemptEnd> {
  const { step, work, folder, log } = attempt;
  if (end.kind === 'cancelled') return { kind: 'cancelled' };
  if (end.kind === 'timeout') return failedAttempt(stepTimeout(step.timeoutMinutes!), false);
  if (end.kind === 'signal') return failedAttempt(stepKilled(end.signal), false);
  if (end.kind === 'missing') {
    const isBash = work.kind === 'command' && end.cause.code === 'ENOENT' && end.cause.path === 'bash';
    return failedAttempt(isBash ? bashMissing(end.cause) : startFailed(end.cause), true);
  }
  const isRejected = work.kind === 'builtin' && end.code === 1 && reports.verdict !== undefined;
  if (end.code !== 0 && !isRejected) {
    if (work.kind === 'command') return failedAttempt(commandFailed(end.code), false);
    const [first, ...others] = reports.failures;
    for (const failure of others) log.add(`${failure.code}: ${failure.message}`);
    if (first !== undefined) return failedAttempt(first, first.kind !== 'world');
    return failedAttempt(stepBroken(work.request.uses, `it ended with exit code ${end.code}`), true);
  }
  const { store, state } = context;
  const outputs = await collectOutputs({
    work,
    folder: folder.out,
    store,
    files: state.files,
    partial: isRejected,
  });
  if (!outputs.ok) return failedAttempt(maskDeep(outputs.failure, context.mask), true);
  // Gates that cannot be judged have done their work: their report says what is missing, and nothing follows them.
  const isOpen = isRejected && work.request.uses === 'gates' && reports.verdict === 'inconclusive';
  return { kind: isRejected && !isOpen ? 'rejected' : 'done', outputs: outputs.value };
}

function failedAttempt(failure: Failure, lasting: boolean): AttemptEnd {
  return { kind: 'failed', failure, lasting };
}

type Call = Pick<
  Parameters<typeof runProcess>[0],
  'command' | 'arguments' | 'workingDirectory' | 'env' | 'input'
>;

function commandCall({ step, work, folder, paths, threads }: Attempt, context: RunContext): Call {
  if (work.kind !== 'command') throw new TypeError('not a command');
  const env = commandEnvironment({
    work,
    env: context.env,
    pipeline: context.plan.pipeline,
    root: context.root,
    step: step.id,
    matrix: step.matrix,
    out: folder.out,
    temporary: folder.temporary,
    files: paths,
    threads,
  });
  return {
    command: 'bash',
    arguments: [...withoutStartFiles, '-c', guardedCommand, 'bash', work.run],
    workingDirectory: work.workingDirectory,
    env,
  };
}

function builtInCall({ work, folder, paths, threads }: Attempt, context: RunContext): Call {
  if (work.kind !== 'builtin') throw new TypeError('not a built-in step');
  const inputs = Object.fromEntries(
    [...paths].map(([{ step, output }, file]) => [`${step}/${output}`, file]),
  );
  const call: StepCall = { request: work.request, root: context.root, out: folder.out, inputs, threads };
  return {
    command: process.execPath,
    arguments: ['--no-warnings', fileURLToPath(stepEntry)],
    workingDirectory: context.root,
    env: builtInEnvironment(context.env, folder.temporary),
    input: JSON.stringify(call),
  };
}

/** What a built-in step says on file descriptor 3, one JSON document a line. */
export type Report =
  | { readonly kind: 'progress'; readonly share: number; readonly note: string }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'verdict'; readonly verdict: string };

const kinds: readonly FailureKind[] = ['verdict', 'input', 'world'];

/** A step is our own code, but it reads what others wrote: what has not the shape of a report is no report. */
function parseReport(line: string): Report | undefined {
  let value: Partial<Record<string, unknown>>;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (value['kind'] === 'verdict') return { kind: 'verdict', verdict: String(value['verdict']) };
  if (value['kind'] === 'progress') {
    const share = Number(value['share']);
    if (!(share >= 0 && share <= 1)) return undefined;
    return { kind: 'progress', share, note: String(value['note'] ?? '').slice(0, 200) };
  }
  const failure = value['failure'] as Partial<Failure> | undefined;
  if (
    value['kind'] !== 'failure' ||
    typeof failure?.code !== 'string' ||
    typeof failure.message !== 'string'
  ) {
    return undefined;
  }
  const kind = kinds.find((known) => known === failure.kind) ?? 'world';
  return { kind: 'failure', failure: { ...failure, kind } as Failure };
}

/** The name of a copy in the folder of inputs: that of the file that the other step wrote. */
export function fileNameOf(reference: OutputReference, producer: PlannedStep | undefined): string {
  const file = producer === undefined ? undefined : filesOfWork(producer.work)[reference.output];
  return path.posix.basename(file ?? reference.output);
}
