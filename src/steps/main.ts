import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Failure, FailureKind, Result, Verdict } from '../base/index.ts';
import type { StepCall, StepRequest } from './request.ts';

/**
 * A step of this package: reads files, writes files into `call.out`.
 * @returns the verdict, or why there is none
 */
type StepFunction = (
  request: never,
  call: StepCall,
  say: (line: string) => void,
  progress: (share: number, note: string) => void,
) => Promise<Result<Verdict, Failure | readonly Failure[]>>;

/** Each step loads what it needs, and nothing of the others. */
const functions: Readonly<Record<StepRequest['uses'], () => Promise<StepFunction>>> = {
  prepare: async () => (await import('./prepare.ts')).prepare,
  validate: async () => (await import('./validate.ts')).validate,
  train: async () => (await import('./train.ts')).train,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  choose: async () => (await import('./choose.ts')).choose,
  gates: async () => (await import('./gates.ts')).gates,
};

const exitCodes: Readonly<Record<FailureKind, number>> = { verdict: 1, input: 2, world: 3 };
const bug = 70;

/** Where the runner listens for reports, and the pipe that ends when the runner does. */
const reportDescriptor = 3;
const lifeDescriptor = 4;

/**
 * The process of a built-in step: reads a `StepCall` on standard input, writes lines for people on standard output and
 * reports on file descriptor 3. Exit code 0: the pipeline may go on; 1: the work was done and the verdict stops it; 2: the
 * user's input is wrong; 3: the outside world failed; 70: a bug.
 */
async function main(): Promise<number> {
  endWithRunner();
  const call = JSON.parse(await readAll()) as StepCall;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const step = await functions[call.request.uses]();
  const result = await step(call.request as never, call, say, progressReporter());
  if (result.ok) {
    report({ kind: 'verdict', verdict: result.value });
    return stops(result.value, call.request.uses) ? 1 : 0;
  }
  const failures = Array.isArray(result.failure)
    ? (result.failure as readonly Failure[])
    : [result.failure as Failure];
  for (const failure of failures) {
    say(`${failure.code}: ${failure.message}`);
    report({ kind: 'failure', failure: withoutCause(failure) });
  }
  return Math.max(...failures.map(({ kind }) => exitCodes[kind]));
}

/** Data that could not be judged is not trained on; gates that could not be judged are recorded as just that. */
function stops(verdict: Verdict, uses: StepRequest['uses']): boolean {
  return verdict === 'fail' || (verdict === 'inconclusive' && uses !== 'gates');
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** At most ten reports a second: nobody reads faster. */
function progressReporter(): (share: number, note: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (share, note) => {
    const now = performance.now();
    if (now - last < 100 && share < 1) return;
    last = now;
    report({ kind: 'progress', share: Math.min(1, Math.max(0, share)), note });
  };
}

function report(value: object): void {
  try {
    writeSync(reportDescriptor, `${JSON.stringify(value)}\n`);
  } catch {
    // Called by hand, without a listener.
  }
}

/** A cause can be anything, also what has no JSON form; the message says what it was. */
function withoutCause({ cause, ...failure }: Failure): Failure {
  return cause === undefined
    ? failure
    : { ...failure, cause: cause instanceof Error ? cause.message : String(cause) };
}

/** A step whose runner was killed ends itself and what it has started: nobody will take its result. */
function endWithRunner(): void {
  if (process.env['TRAINYARD_GUARDED'] !== '1') return;
  const life = new Socket({ fd: lifeDescriptor, readable: true, writable: false });
  life.on('error', () => undefined);
  life.on('end', () => process.kill(0, 'SIGKILL'));
  life.resume();
  life.unref();
}

let code = bug;
try {
  code = await main();
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
}
// A native library that keeps a thread must not keep the step.
process.stdout.write('', () => process.exit(code));
