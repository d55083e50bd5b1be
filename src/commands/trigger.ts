import type { RunRecord } from '../runs/index.ts';

/**
 * What started this process: an event of GitHub Actions, else somebody at a keyboard. That data was new is not known from
 * the event: a schedule looked.
 */
export function triggerOf(
  env: Readonly<Record<string, string | undefined>>,
  { newData = false }: { readonly newData?: boolean } = {},
): RunRecord['trigger'] {
  if (env['GITHUB_ACTIONS'] !== 'true') return { kind: newData ? 'data' : 'manual' };
  const actor = env['GITHUB_ACTOR'];
  const kind = newData ? 'data' : kindOf(env['GITHUB_EVENT_NAME']);
  return { kind, ...(actor === undefined ? {} : { actor }) };
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
