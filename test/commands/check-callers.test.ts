import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { check, init } from '../../src/commands/index.ts';

const pin = '0123456789abcdef0123456789abcdef01234567';
const callers = '.github/workflows';
const main = `${callers}/trainyard-main.yml`;
const pull = `${callers}/trainyard-pull-request.yml`;
const pipeline = 'pipelines/pump-failure/pipeline.yaml';

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-callers-'));
  await update(false);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const edit = (path: string, from: string | RegExp, to: string): void => {
  expect(read(path)).toMatch(from);
  write(path, read(path).replace(from, to));
};

async function update(isUpdate = true): Promise<void> {
  const done = await init({ version: '1.2.3', pin, update: isUpdate }, { cwd: folder, env: {} });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
}

/** `file:line:column: code: message` of every mistake. */
async function mistakes(): Promise<readonly string[]> {
  const done = await check({ paths: [] }, { cwd: folder });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value.mistakes.map(
    ({ code, place, message }) => `${place?.file}:${place?.line}:${place?.column}: ${code}: ${message}`,
  );
}

describe('check, of permissions', () => {
  it.each([
    ['one scope that is gone', '      id-token: write\n', '', '19:5', 'id-token: write'],
    ['one that only reads', 'contents: write', 'contents: read', '19:5', 'contents: write'],
    [
      'none of its own, below those of the workflow',
      /^ {4}permissions:\n( {6}.*\n)+/m,
      '',
      '18:3',
      'actions: read, contents: write, id-token: write, packages: write, pull-requests: read',
    ],
    [
      'those of a reader, which hold no identity',
      /^ {4}permissions:\n( {6}.*\n)+/m,
      '    permissions: read-all\n',
      '19:5',
      'contents: write, id-token: write, packages: write',
    ],
  ])(
    'names what is missing, as GitHub begins no such workflow: %s (P4)',
    async (_, from, to, at, missing) => {
      edit(main, from, to);
      const found = (await mistakes()).filter((each) => each.includes('permissions-missing'));
      expect(found).toEqual([
        `${main}:${at}: commands-workflow-permissions-missing: \`main\` does not grant what the workflow needs, so GitHub does not start it: ${missing}`,
      ]);
    },
  );

  it('takes those of the workflow where a job has none of its own', async () => {
    edit(pull, /^ {4}permissions:\n( {6}.*\n)+/m, '');
    edit(
      pull,
      'permissions: {}',
      'permissions: { actions: read, contents: read, packages: read, pull-requests: write }',
    );
    expect(await mistakes()).toEqual([]);
  });

  it('looks at each job of a workflow that somebody wrote by hand', async () => {
    rmSync(join(folder, main));
    write(
      `${callers}/models.yml`,
      `name: Models
on: { push: { branches: [main] } }
permissions: {}
jobs:
  tests:
    permissions: { contents: write }
    runs-on: ubuntu-24.04
    steps: [{ run: make }]
  here:
    permissions: { actions: read, contents: write, id-token: write, packages: write, pull-requests: read }
    uses: trainyard/trainyard/.github/workflows/main.yml@${pin} # v1.2.3
  button:
    uses: trainyard/trainyard/.github/workflows/dispatch.yml@${pin} # v1.2.3
`,
    );
    expect(await mistakes()).toEqual([
      `${callers}/models.yml:12:3: commands-workflow-permissions-missing: \`button\` does not grant what the workflow needs, so GitHub does not start it: actions: read, contents: write, id-token: write, packages: write`,
    ]);
  });
});

describe('check, of branches', () => {
  const branches = (list: string): void =>
    edit(pipeline, /push: \{ paths: [^}]*\}/, `push: { branches: [${list}] }`);

  it('misses a branch that a pipeline names and no workflow hears, at its line; an update adds it', async () => {
    branches('main, release, "v*/**", "!v0/**"');
    const found = await mistakes();
    expect(found).toEqual([
      expect.stringMatching(`^${main}:6:1: commands-workflow-outdated: \`on\``),
      expect.stringMatching(
        /^pipelines.*commands-workflow-trigger: .*`push: branches: release`: .*trainyard-main/,
      ),
      expect.stringMatching(/^pipelines.*commands-workflow-trigger: .*`push: branches: v\*\/\*\*`/),
    ]);
    await update();
    expect(parse(read(main)).on.push.branches).toEqual(['main', 'release', 'v*/**']);
    expect(await mistakes()).toEqual([]);
  });

  it('reads the filters of workflows that somebody edited', async () => {
    branches('release/v1');
    edit(main, 'branches: ["main"]', 'branches: [main, "release/**"]');
    expect(await mistakes()).toEqual([]);
    edit(main, 'branches: [main, "release/**"]', 'branches-ignore: [docs]');
    expect(await mistakes()).toEqual([]);
    edit(main, 'branches-ignore: [docs]', 'branches-ignore: ["release/*"]');
    expect(await mistakes()).toEqual([expect.stringContaining('`push: branches: release/v1`')]);
    edit(pipeline, 'push:', 'pull_request: { branches: [main, old] }\n  push:');
    edit(pull, 'pull_request:\n', 'pull_request: { branches: [main] }\n');
    expect(await mistakes()).toContainEqual(expect.stringContaining('`pull_request: branches: old`'));
  });

  it('misses the event itself where somebody took it away', async () => {
    edit(pull, '  pull_request:\n', '');
    edit(pipeline, 'push:', 'pull_request: {}\n  push:');
    expect(await mistakes()).toEqual([
      expect.stringMatching(/commands-workflow-trigger: No workflow starts this pipeline by `pull_request`/),
    ]);
  });
});

describe('the caller for pull requests', () => {
  it('hears the merge queue too, and ends only older runs of a pull request', () => {
    const { on, concurrency } = parse(read(pull)) as {
      on: object;
      concurrency: Readonly<Record<string, string>>;
    };
    expect(Object.keys(on)).toEqual(['pull_request', 'merge_group']);
    expect(concurrency['group']).toBe(
      'trainyard-pull-request-${{ github.event.pull_request.number || github.ref }}',
    );
    expect(concurrency['cancel-in-progress']).toBe("${{ github.event_name == 'pull_request' }}");
  });
});
