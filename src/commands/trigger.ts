import type { RunRecord } from '../runs/index.ts';

/** What started this process: an event of GitHub Actions, else somebody at a keyboard. */
export function triggerOf(env: Readonly<Record<string, string | undefined>>): RunRecord['trigger'] {
  if (env['GITHUB_ACTIONS'] !== 'true') return { kind: 'manual' };
  const actor = env['GITHUB_ACTOR'];
  return { kind: kindOf(env['GITHUB_EVENT_NAME']), ...(actor === undefined ? {} : { actor }) };
}

function kindOf(event: string | undefined): RunRecord['trigger']['kind'] {
  switch (event) {
    case 'push':
    case 'pull_request':
    case 'schedule':
      return event;
    case 'repository_dispatch':
      return 'dispatch';
    default:
      return 'manual';
  }
}
