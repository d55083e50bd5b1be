import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { callerFiles } from '../../src/commands/init/caller-files.ts';

const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
const names = readdirSync(folder);

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Record<string, unknown>;
  }[];
}

const workflow = (
  name: string,
): { readonly permissions?: object; readonly jobs: Readonly<Record<string, Job>> } =>
  parse(readFileSync(folder + name, 'utf8'));

/** Of all jobs of a workflow together, those of workflows that it calls as well. */
function asked(name: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const { permissions = {}, uses } of Object.values(workflow(name).jobs)) {
    const called = uses === undefined ? {} : asked(uses.split('/').at(-1)!);
    for (const [scope, level] of [...Object.entries(permissions), ...Object.entries(called)]) {
      if (all[scope] !== 'write') all[scope] = level;
    }
  }
  return all;
}

const callers = callerFiles({
  source: { kind: 'own' },
  branch: 'main',
  directory: '.',
  schedules: ['17 3 * * *'],
  dispatch: true,
  data: true,
});

describe('the reusable workflows', () => {
  it.each(callers.map((caller) => [caller.calls, caller] as const))(
    '%s is called with exactly the permissions that its jobs ask for (P4)',
    (name, { text }) => {
      const [job] = Object.values((parse(text) as { readonly jobs: Readonly<Record<string, Job>> }).jobs);
      expect(job?.permissions).toEqual(asked(`${name}.yml`));
    },
  );

  it('ask for no permission where they do not say so, and keep no credentials on disk (P4)', () => {
    for (const name of names) {
      expect(workflow(name).permissions, name).toEqual({});
      for (const { steps = [] } of Object.values(workflow(name).jobs)) {
        for (const step of steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))) {
          expect(step.with?.['persist-credentials'], name).toBe(false);
        }
      }
    }
  });

  it('execute steps of a pipeline only where nothing may be written (P4)', () => {
    for (const name of names) {
      for (const [id, { steps = [], permissions = {} }] of Object.entries(workflow(name).jobs)) {
        const executes = steps.some(
          ({ uses, with: inputs }) => uses === '$/actions/train' && inputs?.['assemble'] !== true,
        );
        if (executes) expect(Object.values(permissions), `${name} ${id}`).not.toContain('write');
      }
    }
  });

  it('of this repository are called by what `trainyard init` writes', () => {
    for (const { path, text, calls } of callers) {
      if (calls === 'watch-data') continue;
      expect(readFileSync(folder + path.split('/').at(-1)!, 'utf8')).toBe(text);
    }
  });
});
