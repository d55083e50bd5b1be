import type { Listener, Plan, RunEvent, StepId } from '../pipeline/index.ts';
import { visible } from '../report/index.ts';
import type { Terminal } from './terminal.ts';

/** Shows what happens during a run; `close` gives the screen back. */
export interface Progress {
  readonly listener: Listener;
  close(): void;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly terminal: Terminal;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
  /** Show what steps print, also when they succeed. */
  readonly verbose: boolean;
}

/** Live lines at the bottom of a terminal, or one plain line an event in a pipe. */
export function showProgress(options: ProgressOptions): Progress {
  return options.terminal.isInteractive ? liveProgress(options) : plainProgress(options);
}

function plainProgress({ write, terminal, verbose }: ProgressOptions): Progress {
  const lines = finishedLines(terminal, verbose);
  return {
    listener: (event) => {
      if (event.kind === 'output' && verbose) write(`${event.step} | ${shownLine(event.line)}\n`);
      if (event.kind === 'started' && event.attempt === 1) write(`${event.step}: started\n`);
      for (const line of lines(event)) write(`${line}\n`);
    },
    close: () => {},
  };
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

function liveProgress({ write, terminal, now, verbose }: ProgressOptions): Progress {
  const lines = finishedLines(terminal, verbose);
  const active = new Map<StepId, { since: number; note: string }>();
  let width = 0;
  let drawn = 0;
  let frame = 0;
  const erase = (): void => {
    if (drawn > 0) write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    for (const [step, { since, note }] of active) {
      const seconds = `${((now() - since) / 1000).toFixed(1)} s`;
      const text = `${frames[frame % frames.length]} ${step.padEnd(width)}  ${seconds}  ${note}`;
      write(`${terminal.colour('cyan', text.slice(0, terminal.width - 1))}\n`);
      drawn++;
    }
  };
  const timer = setInterval(() => {
    frame++;
    erase();
    draw();
  }, 100);
  timer.unref();
  return {
    listener: (event) => {
      if (event.kind === 'planned') width = widestId(event.plan);
      if (event.kind === 'started') active.set(event.step, { since: now(), note: '' });
      if (event.kind === 'finished') active.delete(event.step);
      const step = active.get('step' in event ? event.step : '');
      if (event.kind === 'progress' && step !== undefined) step.note = shownLine(event.note);
      if (event.kind === 'output' && step !== undefined) step.note = shownLine(event.line);
      const stay = lines(event);
      if (event.kind === 'output' && verbose)
        stay.push(terminal.colour('dim', `${event.step} | ${shownLine(event.line)}`));
      if (stay.length === 0) return;
      erase();
      for (const line of stay) write(`${line}\n`);
      draw();
    },
    close: () => {
      clearInterval(timer);
      erase();
    },
  };
}

/** The lines that stay on the screen after an event. */
function finishedLines({ colour }: Terminal, isVerbose: boolean): (event: RunEvent) => string[] {
  let width = 0;
  const last = new Map<StepId, string[]>();
  return (event) => {
    switch (event.kind) {
      case 'planned':
        width = widestId(event.plan);
        return [planLine(event.plan)];
      case 'waiting':
        return [
          colour(
            'yellow',
            `Waiting for another run of this pipeline (process ${event.forProcess}, since ${event.since}).`,
          ),
        ];
      case 'retrying':
        return [
          colour(
            'yellow',
            `↻ ${event.step.padEnd(width)}  try ${event.attempt} in ${event.afterSeconds.toFixed(1)} s: ${shownLine(event.failure.message)}`,
          ),
        ];
      case 'corrupted':
        return [
          colour(
            'yellow',
            `! ${event.step.padEnd(width)}  the stored output ${event.output} is damaged; the step runs again`,
          ),
        ];
      case 'output':
        if (!isVerbose) last.set(event.step, [...(last.get(event.step) ?? []).slice(-19), event.line]);
        return [];
      case 'started':
        last.delete(event.step);
        return [];
      case 'progress':
        return [];
      case 'finished': {
        const { outcome } = event;
        const name = outcome.id.padEnd(width);
        switch (outcome.status) {
          case 'ran':
            return [`${colour('green', '✓')} ${name}  ${outcome.seconds.toFixed(1)} s`];
          case 'cached':
            return [colour('dim', `= ${name}  re-used`)];
          case 'skipped':
            return [colour('dim', `- ${name}  skipped: ${shownLine(outcome.because ?? '')}`)];
          case 'cancelled':
            return [colour('yellow', `× ${name}  cancelled`)];
          case 'rejected':
          case 'failed':
            return [
              `${colour('red', '✗')} ${name}  ${shownLine(outcome.failure?.message ?? 'the verdict is no')}`,
              ...(last.get(event.step) ?? []).map((line) => colour('dim', `    ${shownLine(line)}`)),
            ];
          default:
            return outcome.status satisfies never;
        }
      }
      default:
        return event satisfies never;
    }
  };
}

/** Text of others: with spaces for tabs, and nothing in it that a terminal would obey. */
function shownLine(text: string): string {
  return visible(text.replaceAll('\t', '  '));
}

function widestId(plan: Plan): number {
  return plan.steps.reduce((widest, { id }) => Math.max(widest, id.length), 0);
}

function planLine(plan: Plan): string {
  const count = plan.steps.length;
  const cached = plan.steps.filter((step) => step.decision.kind === 'cached').length;
  const steps = `${count} ${count === 1 ? 'step' : 'steps'}`;
  return `${plan.pipeline}: ${steps}, ${cached === 0 ? 'none' : cached === count ? 'all' : cached} up to date`;
}
