import type { Listener } from '../pipeline/index.ts';
import { visible } from '../report/index.ts';

/** One line an event in the log of a job, and what steps print. */
export function sayRun(say: (text: string) => void): Listener {
  return (event) => {
    switch (event.kind) {
      case 'planned':
        return say(`${event.plan.pipeline}: ${event.plan.steps.length} steps`);
      case 'started':
        return say(`${event.step}: ${event.attempt === 1 ? 'started' : `try ${event.attempt}`}`);
      case 'output':
        return say(`${event.step} | ${visible(event.line)}`);
      case 'retrying':
        return say(
          `${event.step}: again in ${event.afterSeconds.toFixed(1)} s, ${visible(event.failure.message)}`,
        );
      case 'corrupted':
        return say(`${event.step}: the stored output ${event.output} is damaged; the step runs again`);
      case 'finished': {
        const { status, seconds, failure, because } = event.outcome;
        const why = failure?.message ?? because;
        const took = status === 'ran' ? `, ${seconds.toFixed(1)} s` : '';
        return say(`${event.step}: ${status}${took}${why === undefined ? '' : `: ${visible(why)}`}`);
      }
      default:
        return undefined;
    }
  };
}
