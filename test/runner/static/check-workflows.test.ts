import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkWorkflows } from '../../../scripts/check-workflows.mjs';

const sha = '3df4ab11eba7bda6032a0b82a6bb43b11571feac';
const action = `name: train
description: Trains a pipeline.
inputs:
  pipeline: { description: Its name., required: true }
  seed: { description: A number., default: '1' }
outputs:
  run: { description: Id of the run. }
runs: { using: node24, main: main.js }
`;

/** `file:line:column: rule: message` of what is found in a folder with these files. */
async function found(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-static-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const all = { 'actions/train/action.yml': action, 'actions/train/main.js': '', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const findings = await checkWorkflows(folder);
  return findings.map(
    ({ file, line, column, rule, message }) =>
      `${file.split('/').at(-1)}:${line}:${column}: ${rule}: ${message}`,
  );
}

interface Parts {
  readonly on?: string;
  readonly top?: string;
  readonly job?: string;
  readonly steps: string;
}

/** A workflow that is right but for what is put into it. */
function workflow({
  on = 'push',
  top = 'permissions: { contents: read }',
  job = 'timeout-minutes: 5',
  steps,
}: Parts): string {
  return `name: W
on: ${on}
${top}
jobs:
  one:
    runs-on: ubuntu-24.04
    ${job}
    steps:
${steps
  .trim()
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}
`;
}

const of = (parts: Parts): Record<string, string> => ({ '.github/workflows/w.yml': workflow(parts) });
const rulesOf = (lines: readonly string[]): string[] => lines.map((line) => line.split(': ')[1]!);

test('a workflow that is right has no finding, with the syntax of today', async () => {
  const lines = await found({
    '.github/workflows/w.yml': `name: W
on:
  push: { branches: [main] }
  workflow_dispatch: { inputs: { stage: { type: string, required: true } } }
permissions: { contents: write, models: read, artifact-metadata: write }
concurrency: { group: records, queue: max }
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    environment: { name: production, deployment: false }
    outputs: { run: '\${{ steps.train.outputs.run }}' }
    steps:
      - uses: actions/checkout@${sha} # v5
        with: { persist-credentials: false }
      - { id: train, uses: $/actions/train, with: { pipeline: heart-disease } }
      - { id: more, run: 'echo "word=$STAGE" >> "$GITHUB_OUTPUT"', env: { STAGE: '\${{ inputs.stage }}' } }
      - run: echo '\${{ github.sha }} \${{ steps.more.outputs.word == 'x' }}'
  called:
    needs: one
    uses: $/.github/workflows/called.yml
    with: { run: '\${{ needs.one.outputs.run }}' }
  last:
    needs: called
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    env: { V: '\${{ needs.called.outputs.version }}' }
    steps:
      - run: echo "$V"
`,
    '.github/workflows/called.yml': `name: Called
on:
  workflow_call:
    inputs: { run: { type: string, required: true } }
    outputs: { version: { value: '\${{ jobs.one.outputs.version }}' } }
permissions: { contents: read }
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    outputs: { version: '\${{ steps.v.outputs.version }}' }
    steps:
      - { id: v, run: 'echo "version=$RUN" >> "$GITHUB_OUTPUT"', env: { RUN: '\${{ inputs.run }}' } }
`,
  });
  expect(lines).toEqual([]);
});

describe('of an action of this repository', () => {
  test('a wrong, a missing and an unknown input are found, each at its place', async () => {
    const steps = `
- { uses: ./actions/train, with: { pipelin: a, seed: 2 } }
- { uses: trainyard/trainyard/actions/train@${sha}, with: { Pipeline: a } }
- uses: ./actions/trian`;
    expect(await found(of({ steps }))).toEqual([
      'w.yml:9:17: input: actions/train needs the input pipeline',
      'w.yml:9:51: input: actions/train has no input pipelin; it has pipeline, seed',
      'w.yml:11:15: action: there is no action in ./actions/trian',
    ]);
  });

  test('what is missing in its action.yml is found', async () => {
    const lines = await found({
      'actions/bad/action.yml': `name: bad
description: Bad.
inputs:
  a: { required: true, default: '1', description: A. }
  b: { description: '' }
runs:
  using: composite
  steps:
    - { shell: bash, run: 'echo \${{ inputs.c }}' }
    - uses: actions/cache@v4
`,
      'actions/old/action.yml': 'name: old\ndescription: Old.\nruns: { using: node20, main: gone.js }\n',
    });
    expect(rulesOf(lines).sort()).toEqual([
      'description',
      'file',
      'injection',
      'input',
      'input',
      'node',
      'pin',
    ]);
    expect(lines.join('\n')).toContain('the action declares no such input');
  });
});

test('an output that nobody declares is found: of a step, of a script, of a job, of a called workflow', async () => {
  const lines = await found({
    '.github/workflows/w.yml': `name: W
on: push
permissions: { contents: read }
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    outputs: { run: '\${{ steps.train.outputs.runn }}' }
    steps:
      - { id: train, uses: ./actions/train, with: { pipeline: a } }
      - { id: say, run: 'echo "word=1" >> "$GITHUB_OUTPUT"' }
      - { if: 'steps.say.outputs.wrod == ''1''', run: 'true' }
  called: { needs: one, uses: ./.github/workflows/called.yml }
  last:
    needs: [one, called]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - { env: { A: '\${{ needs.one.outputs.rnu }}', B: '\${{ needs.called.outputs.nothing }}' }, run: echo "$A$B" }
`,
    '.github/workflows/called.yml': `name: Called
on: { workflow_call: { outputs: { v: { value: x } } } }
permissions: { contents: read }
jobs: { one: { runs-on: ubuntu-24.04, timeout-minutes: 5, steps: [{ run: 'true' }] } }
`,
  });
  const own = lines.filter((line) => line.includes(': output: '));
  expect(own.map((line) => line.slice(line.indexOf('output: ')))).toEqual([
    'output: steps.train.outputs.runn: actions/train declares no such output',
    'output: steps.say.outputs.wrod: the script of the step writes no such output',
    'output: needs.one.outputs.rnu: the job one declares no such output (in last)',
    'output: needs.called.outputs.nothing: the job called declares no such output (in last)',
  ]);
  expect(own[0]).toMatch(/^w\.yml:8:21: /);
});

describe('with a stranger at the door', () => {
  test.each([
    ['pull_request_target', "'${{ github.event.pull_request.head.sha }}'"],
    [
      '{ workflow_run: { workflows: [X], types: [completed], branches: [main] } }',
      "'${{ github.event.workflow_run.head_branch }}'",
    ],
    ['{ pull_request_target: {}, push: {} }', "'refs/pull/${{ github.event.number }}/merge'"],
    ['issue_comment', "'refs/pull/${{ github.event.issue.number }}/head'"],
  ])('a checkout of the head under %s is found', async (on, ref) => {
    const steps = `- uses: actions/checkout@${sha}\n  with:\n    ref: ${ref}`;
    expect(rulesOf(await found(of({ on, steps })))).toContain('untrusted-checkout');
    expect(rulesOf(await found(of({ on: 'pull_request', steps })))).not.toContain('untrusted-checkout');
  });

  test.each([
    'github.event.pull_request.title',
    'github.event.client_payload.rows',
    'toJSON(github.event)',
    'github.head_ref',
    "format('{0}', github.ref_name)",
    'github.event.inputs.x',
    'steps.s.outputs.word',
    'env.NAME',
  ])('${{ %s }} in a script is found', async (source) => {
    const steps = `- { id: s, run: 'echo word >> "$GITHUB_OUTPUT"' }\n- run: echo "\${{ ${source} }}"`;
    const lines = await found(of({ steps }));
    expect(lines.filter((line) => line.includes(': injection: '))).toHaveLength(1);
    const harmless = `- { id: s, run: 'echo word >> "$GITHUB_OUTPUT"' }\n- run: echo "$X"\n  env:\n    X: \${{ ${source} }}`;
    expect(rulesOf(await found(of({ steps: harmless })))).not.toContain('injection');
  });

  test.each([
    'github.sha',
    'github.run_id',
    'github.event.pull_request.number',
    'runner.temp',
    "github.ref == 'refs/heads/main'",
  ])('${{ %s }} in a script is no danger', async (source) => {
    const lines = await found(of({ steps: `- run: echo "\${{ ${source} }}"` }));
    expect(rulesOf(lines)).not.toContain('injection');
  });
});

describe('found as well are', () => {
  test('actions, workflows and images that may change under us', async () => {
    const lines = await found({
      ...of({ steps: '- uses: actions/checkout@v5\n- uses: some/action@main\n- uses: docker://alpine:3' }),
      '.github/workflows/v.yml': `name: V\non: push\npermissions: {}\njobs: { one: { uses: some/where/.github/workflows/x.yml@v1 } }\n`,
    });
    expect(rulesOf(lines)).toEqual(['pin', 'pin', 'pin', 'pin']);
  });

  test('no permissions, no time limit, no queue where it pushes', async () => {
    const steps = '- run: "true"';
    expect(rulesOf(await found(of({ top: '', steps })))).toEqual(['permissions']);
    expect(
      rulesOf(await found(of({ top: '', job: 'permissions: {}\n    timeout-minutes: 1', steps }))),
    ).toEqual([]);
    expect(rulesOf(await found(of({ job: '', steps })))).toEqual(['timeout']);
    expect(rulesOf(await found(of({ top: 'permissions: { contents: write }', steps })))).toEqual([
      'concurrency',
    ]);
    expect(rulesOf(await found(of({ top: 'permissions: write-all', steps })))).toEqual(['concurrency']);
    // In a workflow that others call, too; who calls one does nothing itself.
    const isCalled = of({ top: 'permissions: { contents: write }', steps })['.github/workflows/w.yml']!;
    const called = isCalled.replace(/^on: .*$/m, 'on: workflow_call');
    expect(called).toContain('on: workflow_call');
    expect(rulesOf(await found({ '.github/workflows/w.yml': called }))).toEqual(['concurrency']);
    const caller =
      'name: V\non: push\npermissions: {}\njobs: { one: { permissions: { contents: write }, uses: $/.github/workflows/w.yml } }\n';
    const alone = called.replace('jobs:', 'concurrency: records\njobs:');
    expect(await found({ '.github/workflows/w.yml': alone, '.github/workflows/v.yml': caller })).toEqual([]);
    const queued = 'permissions: { contents: write }\nconcurrency: records';
    expect(await found(of({ top: queued, steps }))).toEqual([]);
  });

  test('what the official tools find, with their names', async () => {
    const lines = await found(
      of({
        steps: '- run: "${{ nothing.here }}"\n  shel: bash\n- run: "true"\n  if: "${{ github.ref }} == 1"',
      }),
    );
    expect(lines.some((line) => /language-service: .*nothing/.test(line))).toBe(true);
    expect(lines.some((line) => /language-service: Unexpected value 'shel'/.test(line))).toBe(true);
    expect(lines.some((line) => line.includes('actionlint/'))).toBe(true);
  });

  test('files that are no YAML', async () => {
    expect((await found({ '.github/workflows/w.yml': 'on: push\njobs: [\n' })).length).toBeGreaterThan(0);
  });
});

test('the bad example is as bad as it says', async () => {
  const folder = fileURLToPath(new URL('fixtures/dangerous', import.meta.url));
  const rules = (await checkWorkflows(folder)).map(({ rule }) => rule);
  expect(rules).toEqual(
    expect.arrayContaining(['untrusted-checkout', 'injection', 'pin', 'timeout', 'concurrency']),
  );
});
