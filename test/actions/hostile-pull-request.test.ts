import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readEnvironment } from '../../src/actions/job-environment.ts';
import { linkInOwnFolder } from '../../src/actions/own-folder.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import { handOverResults, openLocalState, takeResults } from '../../src/pipeline/index.ts';
import type { Rig } from '../pipeline/rig.ts';
import { openRig, value } from '../pipeline/rig.ts';

/*
 * Attacks by somebody who writes a branch of a pull request, or sits in data, names or what jobs hand on. What a report can
 * do is in hostile-report.test.ts, what steps print in action-process.test.ts.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}.github/workflows/`;

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly secrets?: unknown;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

async function workflows(): Promise<readonly (readonly [name: string, text: string, workflow: Workflow])[]> {
  // The project's own tests of itself have no token that writes, and are not what others call.
  const names = (await readdir(folder)).filter((name) => name !== 'ci.yml');
  const texts = await Promise.all(names.map((name) => readFile(folder + name, 'utf8')));
  return names.map((name, i) => [name, texts[i]!, parse(texts[i]!) as Workflow]);
}

describe('the workflows give a pull request nothing to hold on to (P4): they', () => {
  it('run no script that an expression gets into, so that no name, title or branch does', async () => {
    for (const [name, , { jobs }] of await workflows()) {
      for (const { steps = [] } of Object.values(jobs)) {
        for (const { run = '' } of steps) expect(run, name).not.toContain('${{');
      }
    }
  });

  it('read of an event what GitHub makes up, and no text that somebody outside wrote', async () => {
    const read = /github\.event\.[\w.]+|github\.(?:head_ref|ref_name|actor|triggering_actor)\b/g;
    const harmless = [
      /^github\.event\.pull_request\.number$/,
      /^github\.event\.repository\.default_branch$/,
      // Compared, and nothing else.
      /^github\.ref_name$/,
      /^github\.event\.client_payload\.data$/,
      /^github\.event\.workflow_run\.(?:event|head_sha|head_repository\.full_name|actor\.login)$/,
    ];
    for (const [name, text] of await workflows()) {
      for (const [expression] of text.matchAll(read)) {
        const isInName = harmless.some((each) => each.test(expression));
        expect(isInName, `${name}: ${expression}`).toBe(true);
      }
    }
  });

  it('are started by no event that gives strangers a token, but for those that execute nothing', async () => {
    const executeNothing = ['trainyard-pull-request-comment.yml', 'trainyard-site.yml'];
    for (const [name, , { on }] of await workflows()) {
      const events = Object.keys(on);
      expect(events, name).not.toContain('pull_request_target');
      expect(events, name).not.toContain('issue_comment');
      if (!executeNothing.includes(name)) expect(events, name).not.toContain('workflow_run');
    }
  });

  it('share no cache between runs, as that of a pull request could reach the default branch', async () => {
    for (const [name, text] of await workflows()) {
      // It runs on the default branch alone, which reads no cache of another branch.
      const expected = name === 'site.yml' ? 1 : 0;
      expect(text.match(/actions\/cache|cache:/g)?.length ?? 0, name).toBe(expected);
    }
  });

  it('use other people’s actions at a commit, and their own at that of the workflow', async () => {
    for (const [name, text] of await workflows()) {
      for (const [, uses] of text.matchAll(/uses: (\S+)/g)) {
        expect(uses, name).toMatch(/^(?:\$\/|\.\/\.github\/workflows\/|[\w-]+\/[\w./-]+@[0-9a-f]{40}$)/);
      }
    }
  });

  it('check out what started them, the default branch, or what a job of theirs wrote', async () => {
    const refs = [
      undefined,
      '${{ github.event.repository.default_branch }}',
      '${{ inputs.ref }}',
      '${{ needs.receive.outputs.commit }}',
    ];
    for (const [name, , { jobs }] of await workflows()) {
      for (const { steps = [] } of Object.values(jobs)) {
        for (const { uses = '', with: inputs = {} } of steps) {
          if (!uses.startsWith('actions/checkout@')) continue;
          expect(inputs['repository'], name).toBeUndefined();
          expect(refs, name).toContain(inputs['ref']);
        }
      }
    }
  });

  it('take results of another run only where nothing may be written', async () => {
    for (const [name, , { jobs }] of await workflows()) {
      for (const { steps = [], permissions = {} } of Object.values(jobs)) {
        if (!steps.some(({ with: inputs = {} }) => 'run-id' in inputs)) continue;
        expect(Object.values(permissions), name).not.toContain('write');
      }
    }
  });

  it('look for artifacts by a name that no other pipeline can have', async () => {
    const texts = (await workflows()).map(([, text]) => text).join('\n');
    const expressions = [...texts.matchAll(/(?:pattern|name): (trainyard-results.*)/g)].map(
      ([, each]) => each!,
    );
    expect(expressions.length).toBeGreaterThan(5);
    for (const each of expressions) {
      const nameOf = (pipeline: string): string =>
        each.replace(/\$\{\{ (?:inputs\.pipeline|matrix\.pipeline\.name) \}\}/, pipeline);
      // With dashes alone, the artifacts of a pipeline `a-results` would be among those of `a`.
      expect(nameOf('a')).toMatch(/^trainyard-results\.a\.(?:\*|[123]-)/);
      expect(nameOf('report-a')).not.toMatch(/^trainyard-report-/);
    }
  });
});

describe('what is installed on a runner', () => {
  it('is what the lock file says, byte by byte, and runs no script of a package', async () => {
    const lock = JSON.parse(await readFile(`${root}actions/package-lock.json`, 'utf8')) as {
      readonly packages: Readonly<
        Record<string, { readonly integrity?: string; readonly resolved?: string }>
      >;
    };
    const places = new Set<string>();
    for (const [name, { integrity, resolved }] of Object.entries(lock.packages)) {
      if (name === '') continue;
      expect(integrity, name).toMatch(/^sha512-/);
      if (resolved !== undefined) places.add(new URL(resolved).origin);
    }
    expect(places.size).toBeLessThanOrEqual(1);
    for (const place of places) expect(place).toMatch(/^https:/);
    expect(await readFile(`${root}actions/.npmrc`, 'utf8')).toContain('ignore-scripts=true');
  });
});

describe('secrets of a caller', () => {
  it.each([
    ['a key of several lines', 'KEY=-----BEGIN KEY-----\nS3cr3tS3cr3t\n-----END KEY-----'],
    ['a key that ends like a variable', 'KEY=abc\nS3cr3t/S3cr3t+S3cr3t=='],
    ['a value with a line break of its own', 'KEY=abc\rS3cr3t'],
    ['a value with a break that only JavaScript knows', 'KEY=abc\u2028S3cr3t'],
  ])('are refused without being repeated: %s (P5)', (_, text) => {
    const read = readEnvironment(text);
    expect(read).toMatchObject({ ok: false });
    expect(JSON.stringify(read)).not.toContain('S3cr3t');
  });
});

describe('a link below the folder of results', () => {
  it('is found wherever something is written under a name of somebody’s choice', async () => {
    const links = [
      '.trainyard',
      '.trainyard/out',
      '.trainyard/cache',
      '.trainyard/out/p',
      '.trainyard/out/p/s/a/b',
    ];
    for (const link of links) {
      const project = await mkdtemp(path.join(tmpdir(), 'trainyard-link-'));
      try {
        await mkdir(path.dirname(path.join(project, link)), { recursive: true });
        expect(await linkInOwnFolder(project)).toBeUndefined();
        await symlink('/tmp', path.join(project, link));
        expect(await linkInOwnFolder(project)).toBe(link);
      } finally {
        await rm(project, { recursive: true, force: true });
      }
    }
  });
});

const pipeline = `version: 1
name: p
steps:
  a: { run: echo 1 > "$TRAINYARD_OUT/a", outs: { a: a } }
  b: { needs: a, run: cp "$TRAINYARD_IN_A_A" "$TRAINYARD_OUT/b", outs: { b: b } }
`;

describe('results that a job forged', () => {
  const forged: readonly (readonly [string, (entry: Record<string, unknown>) => void])[] = [
    ['an output with a path for a name', (entry) => name(entry, '../../../../../../tmp/x')],
    ['an output with the name of a member of all objects', (entry) => name(entry, 'constructor')],
    ['an output named __proto__', (entry) => name(entry, '__proto__')],
    ['no output', (entry) => (entry['outputs'] = [])],
    ['an output whose bytes nobody handed over', (entry) => digest(entry, digestOfBytes('elsewhere'))],
    ['a negative size', (entry) => ((entry['outputs'] as { bytes: number }[])[0]!.bytes = -5)],
    ['a thousand years', (entry) => (entry['seconds'] = 1e300)],
  ];

  it.each(forged)('are no results, or do no more than be wrong: %s (P4)', async (_, forge) => {
    await using first = await openRig(pipeline);
    await using last = await openRig(pipeline);
    const handed = path.join(first.root, 'handed');
    await handedOver(first, handed);
    for (const file of await readdir(path.join(handed, 'steps'))) {
      const at = path.join(handed, 'steps', file);
      const entry = JSON.parse(await readFile(at, 'utf8')) as Record<string, unknown>;
      forge(entry);
      await writeFile(at, JSON.stringify(entry));
    }
    const taken = await takeResults({ folder: handed, ...(await placeOf(last)) });
    if (!taken.ok) return expect(taken.failure.code).toBe('pipeline-results-unusable');
    const before = await filesBelow(path.dirname(last.root), last.root);
    const { statuses } = await last.run({ plan: { only: [] } });
    expect(await filesBelow(path.dirname(last.root), last.root)).toEqual(before);
    for (const status of Object.values(statuses)) expect(status).toMatch(/^(?:cached|failed|skipped)$/);
    return undefined;
  });

  it('with links in place of files are passed over', async () => {
    await using rig = await openRig(pipeline);
    const handed = path.join(rig.root, 'handed');
    for (const kind of ['steps', 'failures', 'objects']) {
      await mkdir(path.join(handed, kind), { recursive: true });
      await symlink('/etc/passwd', path.join(handed, kind, `${'0'.repeat(64)}.1.json`));
    }
    const taken = await takeResults({ folder: handed, ...(await placeOf(rig)) });
    expect(taken).toMatchObject({ ok: true, value: { attempts: new Map() } });
  });
});

function name(entry: Record<string, unknown>, text: string): void {
  (entry['outputs'] as { name: string }[])[0]!.name = text;
}

function digest(entry: Record<string, unknown>, text: string): void {
  (entry['outputs'] as { digest: string }[])[0]!.digest = text;
}

async function placeOf(rig: Rig): Promise<Pick<Parameters<typeof takeResults>[0], 'store' | 'state'>> {
  return { store: await rig.store(), state: openLocalState({ root: rig.root, now: Date.now }) };
}

async function handedOver(rig: Rig, handed: string): Promise<void> {
  const run = await rig.run({});
  value(await handOverResults(run.outcome, { folder: handed, ...(await placeOf(rig)), withBytes: true }));
}

/** Names in the folder beside a project: what a path out of it would add to. */
async function filesBelow(parent: string, project: string): Promise<readonly string[]> {
  const beside = (await readdir(parent)).filter((each) => each === 'x' || each === 'a' || each === 'b');
  return [...beside, ...(await readdir(project))].sort();
}
