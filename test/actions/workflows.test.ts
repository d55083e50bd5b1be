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
  readonly env?: Readonly<Record<string, string>>;
  readonly steps?: readonly {
    readonly id?: string;
    readonly if?: string;
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Record<string, unknown>;
    readonly 'continue-on-error'?: boolean;
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

  it('fail in the end where a run did not end well, after what came of it is recorded or reported', () => {
    const names = ['release', 'pull-request'];
    for (const name of names) {
      const [steps] = Object.values(workflow(`${name}.yml`).jobs).flatMap(({ steps = [] }) =>
        steps.some((step) => step.id === 'run' && step['continue-on-error'] === true) ? [steps] : [],
      );
      expect(steps?.at(-1), name).toMatchObject({ run: 'exit 1' });
    }
    expect(readFileSync(`${folder}pull-request.yml`, 'utf8')).toContain(
      "contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')",
    );
  });

  it('make no version of what a button trains on a branch, and sign nothing of it (P3 P4)', () => {
    const { record } = workflow('release.yml').jobs;
    expect(record!.env!['MAY_REGISTER']).toContain("github.event_name != 'workflow_dispatch' ||");
    const needing = record!.steps!.filter(({ uses = '' }) => /actions\/(record|register)$/.test(uses));
    const [recording, registering] = needing;
    expect(recording!.with!['run']).toContain("env.MAY_REGISTER == 'true' &&");
    expect(registering!.if).toContain("env.MAY_REGISTER == 'true' &&");
  });

  it('of this repository are called by what `trainyard init` writes', () => {
    for (const { path, text, calls } of callers) {
      if (calls === 'watch-data') continue;
      expect(readFileSync(folder + path.split('/').at(-1)!, 'utf8')).toBe(text);
    }
  });
});

it('what the whole proof runs is run on GitHub, too: every suite, every bench', () => {
  const proof = readFileSync(new URL('../../.ci/run', import.meta.url), 'utf8');
  const ci = readFileSync(`${folder}ci.yml`, 'utf8');
  const suites = new Set([...proof.matchAll(/npm run (test:[\w-]+)/g)].map(([, name]) => name!));
  const benches = [...proof.matchAll(/^ *(?:\w+=\S+ )?bench ([\w-]+)/gm)].map(([, name]) => name!);
  const jobs = (parse(ci) as { jobs: Record<string, Job & { strategy?: { matrix?: { suite?: string[] } } }> })
    .jobs;
  const named = jobs['suites']!.strategy!.matrix!.suite!.map((name) => `test:${name}`);
  const all = new Set([...named, ...[...ci.matchAll(/npm run (test:[\w-]+)/g)].map(([, name]) => name!)]);
  expect([...suites].filter((name) => !all.has(name))).toEqual([]);
  const there = [...ci.matchAll(/npm run bench -- (.+)/g)].flatMap(([, words]) => words!.split(' '));
  expect(benches.sort()).toEqual(there.filter((word) => !word.startsWith('--')).sort());
});
