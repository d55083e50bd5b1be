import type { RolloutStep } from './rollout-world.ts';

/** What happened, for a terminal or the log of a job. */
export function sentenceOfStep(step: RolloutStep): string {
  switch (step.kind) {
    case 'image':
      return `the image is here, ${step.id}`;
    case 'kept':
      return `${step.container} runs already`;
    case 'started':
      return `${step.container} started`;
    case 'ready':
      return `${step.container} is ready`;
    case 'golden':
      return `${step.container} answers its golden requests as the model did`;
    case 'balancer-started':
      return `the balancer started at ${step.url}`;
    case 'switched':
      return `the balancer sends requests to ${step.to.join(', ')}`;
    case 'drained':
      return `${step.container} answered its last request`;
    case 'removed':
      return `${step.container} removed`;
    case 'rolled-back':
      return `taken back: ${step.removed.join(', ')} removed`;
  }
}
