import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { callerFiles } from '../../src/commands/init/caller-files.ts';
import { githubFake } from '../github/fake/index.ts';
import { until } from '../rig/started-server.ts';
import { fakeForge, Runner } from '../runner/index.ts';

const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));

interface Group {
  readonly group: string;
  readonly 'cancel-in-progress'?: boolean | string;
  readonly queue?: string;
}

interface Workflow {
  readonly concurrency?: Group;
  readonly jobs: Readonly<
    Record<string, { readonly uses?: string; readonly concurrency?: Group; readonly permissions?: Held }>
  >;
}

type Held = Readonly<Record<string, string>>;

const read = (text: string): Workflow => parse(text) as Workflow;
const callers = callerFiles({
  source: { kind: 'own' },
  branch: 'main',
  directory: '.',
  schedules: ['17 3 * * *'],
  dispatch: true,
  data: true,
}).map(({ path, text }) => [path.split('/').at(-1)!, text] as const);
const called = (uses: string): string => readFileSync(folder + uses.split('/').at(-1)!, 'utf8');

/** Groups that are held while a job runs, from the outermost on: one that comes twice waits for itself for ever. */
function chains(workflow: Workflow, held: readonly string[]): readonly (readonly string[])[] {
  const own = [...held, ...(workflow.concurrency === undefined ? [] : [workflow.concurrency.group])];
  return Object.values(workflow.jobs).flatMap(({ uses, concurrency }) => {
    const now = [...own, ...(concurrency === undefined ? [] : [concurrency.group])];
    return uses?.includes('.github/workflows/') === true ? chains(read(called(uses)), now) : [now];
  });
}

describe('the groups of the workflows (T1, V4)', () => {
  it.each(callers)('of %s never wait for themselves', (_, text) => {
    for (const chain of chains(read(text), [])) {
      const names = chain.map((name) => name.toLowerCase());
      expect(new Set(names).size, names.join(' > ')).toBe(names.length);
    }
  });

  it('let nobody who decides, records or deploys be thrown out by who comes after', () => {
    for (const name of readdirSync(folder)) {
      const { concurrency, jobs } = read(readFileSync(folder + name, 'utf8'));
      for (const [id, job] of Object.entries(jobs)) {
        if (job.permissions?.['contents'] !== 'write' || job.uses !== undefined) continue;
        expect(job.concurrency ?? concurrency, `${name} ${id}`).toMatchObject({
          'cancel-in-progress': false,
          queue: 'max',
        });
      }
    }
  });
});

/** Actions that only say that they ran, and for how long. */
const outputs = ['granted', 'model', 'stage', 'environment', 'deploys', 'url'];
const stub = (name: string, inputs: readonly string[], script: string): string => `name: ${name}
description: Says that it ran.
inputs: { ${inputs.map((each) => `${each}: { description: x }`).join(', ')} }
outputs:
${outputs.map((each) => `  ${each}: { description: x, value: "\${{ steps.s.outputs.${each} }}" }`).join('\n')}
runs:
  using: composite
  steps:
    - id: s
      shell: bash
      env: { MODEL: "\${{ inputs.model }}", STAGE: "\${{ inputs.stage }}" }
      run: |
${script
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}
`;
const decide = `name="\${MODEL:-$GITHUB_REF_NAME}"
echo "begin $name" >> "$LEDGER"; sleep 0.1; echo "end $name" >> "$LEDGER"
printf 'granted=true\\nmodel=pumps\\nstage=production\\nenvironment=production\\ndeploys=true\\n' >> "$GITHUB_OUTPUT"`;
const deploy = `echo "deploy $MODEL $STAGE" >> "$LEDGER"
echo "url=https://pumps.example.org/" >> "$GITHUB_OUTPUT"`;

it('V4: tags that are pushed at once are all decided, one after the other, and a rollback waits for no reviewer', async () => {
  const root = mkdtempSync(join(tmpdir(), 'trainyard-queues-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [bare, work, ledger] = [join(root, 'project.git'), join(root, 'work'), join(root, 'ledger')];
  writeFileSync(ledger, '');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', work, '-c', 'user.name=O', '-c', 'user.email=o@example.org', ...args], {
      encoding: 'utf8',
    });
  const files = {
    '.github/workflows/trainyard-promote.yml': readFileSync(`${folder}trainyard-promote.yml`, 'utf8'),
    '.github/workflows/promote.yml': readFileSync(`${folder}promote.yml`, 'utf8'),
    'actions/setup/action.yml': stub('setup', ['environment', 'store', 'directory'], 'true'),
    'actions/promote/action.yml': stub(
      'promote',
      ['model', 'stage', 'why', 'rollback', 'to', 'directory'],
      decide,
    ),
    'actions/deploy/action.yml': stub('deploy', ['model', 'stage', 'directory'], deploy),
  };
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', bare]);
  execFileSync('git', ['init', '-q', '-b', 'main', work]);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  git('add', '-A');
  git('commit', '-q', '-m', 'Start');
  git('push', '-q', bare, 'main');
  await using fake = await githubFake({ gitFolder: bare, repository: 'octo/pumps' });
  let approve = (): void => undefined;
  const reviewed = new Promise<void>((resolve) => {
    approve = resolve;
  });
  await using runner = new Runner({
    forge: fakeForge({ fake, gitFolders: { 'octo/pumps': bare } }),
    machines: 3,
    environment: { LEDGER: ledger },
    environments: { production: { protection: () => reviewed.then(() => 'approved' as const) } },
  });
  const lines = (): string[] => readFileSync(ledger, 'utf8').trim().split('\n');
  const tags = ['pumps#production#7', 'pumps#production#8', 'pumps#staging#9'];
  for (const tag of tags) git('tag', tag);
  await fake.pushed('rita', async () => git('push', '-q', bare, ...tags.map((tag) => `refs/tags/${tag}`)));
  await until(lines, (all) => all.length >= 6, 100);
  const token = fake.token('rita', {
    permissions: { actions: 'write', contents: 'write' },
    actor: 'rita',
    kind: 'user',
  });
  const inputs = { model: 'pumps', stage: 'production', why: 'alarms', rollback: 'true' };
  await fetch(`${fake.origin}/repos/octo/pumps/actions/workflows/trainyard-promote.yml/dispatches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'user-agent': 'rita' },
    body: JSON.stringify({ ref: 'main', inputs }),
  });
  // Nobody has approved a deployment yet: the rollback is decided all the same.
  await until(lines, (all) => all.includes('end pumps'), 100);
  expect(lines().filter((line) => line.startsWith('deploy'))).toEqual([]);
  approve();
  const runs = await runner.idle();
  expect(runs.map(({ conclusion }) => conclusion)).toEqual(Array(4).fill('success'));
  const decisions = lines().filter((line) => !line.startsWith('deploy'));
  for (let i = 0; i < decisions.length; i += 2)
    expect(decisions[i]!.replace('begin', 'end')).toBe(decisions[i + 1]);
  expect(decisions.filter((line) => line.startsWith('end')).sort()).toEqual(
    ['end pumps', ...tags.map((tag) => `end ${tag}`)].sort(),
  );
  expect(lines().filter((line) => line.startsWith('deploy'))).toHaveLength(4);
  expect([...fake.world.deploymentStatuses.values()].at(-1)).toMatchObject({
    state: 'success',
    environmentUrl: 'https://pumps.example.org/',
  });
}, 240_000);
