import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import { memoryBytes, millicores } from './resource-amounts.ts';
import { shown } from './shape-words.ts';
import type { YamlValue } from './yaml.ts';

/** What is written under `deploy` of a stage, as far as its shape is right. */
export interface DeployDraft {
  readonly replicas?: number | { readonly min?: number; readonly max?: number };
  readonly resources?: { readonly requests?: AmountsDraft; readonly limits?: AmountsDraft };
  readonly address?: string;
}

interface AmountsDraft {
  readonly cpu?: string;
  readonly memory?: string;
}

/** What the default limits are, so that a request alone is not more than them. */
export const defaultAmounts = {
  requests: { cpu: '250m', memory: '192Mi' },
  limits: { cpu: '1', memory: '512Mi' },
} as const;

/** Ranges that end before they begin, and amounts that nobody can have; `at` is where `deploy` stands. */
export function checkDeploy(
  { places }: YamlValue,
  draft: DeployDraft,
  at: readonly (string | number)[],
): readonly FileFailure[] {
  const failures: FileFailure[] = [];
  const wrong = (path: readonly string[], message: string, remedy: string): void => {
    failures.push(mistake('pipeline-deploy', message, places.place([...at, ...path]), remedy));
  };
  const { replicas, resources = {}, address } = draft;
  if (typeof replicas === 'object' && (replicas.min ?? 1) > (replicas.max ?? 1000)) {
    wrong(
      ['replicas', 'min'],
      `at least ${replicas.min} servers are more than at most ${replicas.max}`,
      'make `max` as large as `min`, or larger',
    );
  }
  for (const what of ['cpu', 'memory'] as const) {
    const amount = what === 'cpu' ? millicores : memoryBytes;
    const request = resources.requests?.[what] ?? defaultAmounts.requests[what];
    const limit = resources.limits?.[what] ?? defaultAmounts.limits[what];
    if (what === 'cpu' && [resources.requests?.cpu, resources.limits?.cpu].some(isNothing)) {
      const where = isNothing(resources.requests?.cpu) ? 'requests' : 'limits';
      wrong(
        ['resources', where, 'cpu'],
        'a server needs more than no core at all',
        'write for example `250m`',
      );
    } else if (amount(request) > amount(limit)) {
      const written = resources.requests?.[what] !== undefined ? 'requests' : 'limits';
      wrong(
        ['resources', written, what],
        `a server is sure to have ${request} of ${what}, and never gets more than ${limit}`,
        'make the limit as large as the request, or larger',
      );
    }
  }
  if (address !== undefined && !isAddress(address)) {
    wrong(['address'], `${shown(address)} is no address`, 'write for example `127.0.0.1`');
  }
  return failures;
}

function isNothing(cpu: string | undefined): boolean {
  return cpu !== undefined && millicores(cpu) === 0;
}

function isAddress(text: string): boolean {
  return text.startsWith('[') || text.split('.').every((part) => Number(part) <= 255);
}
