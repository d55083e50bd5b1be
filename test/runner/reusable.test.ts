import { describe, expect, test } from 'vitest';
import { FolderForge, Runner } from './index.ts';
import { conclusions, job, runOnce, step } from './once.ts';

const called = `
on:
  workflow_call:
    inputs:
      stage: { type: string, required: true }
      fast: { type: boolean, default: true }
    secrets: { KEY: { required: false } }
    outputs:
      version: { value: '\${{ jobs.work.outputs.version }}' }
jobs:
  work:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    outputs: { version: '\${{ steps.s.outputs.v }}' }
    steps:
      - id: s
        env: { KEY: '\${{ secrets.KEY }}' }
        run: echo "v=\${{ inputs.stage }} \${{ inputs.fast }} env=[$FROM_CALLER] key=[\${KEY:+set}] $GITHUB_WORKFLOW $GITHUB_EVENT_NAME" >> $GITHUB_OUTPUT
`;

describe('a called workflow', () => {
  test('gets inputs and secrets, not the environment, and gives outputs', async () => {
    const run = await runOnce(
      `
name: Caller
on: push
env: { FROM_CALLER: yes }
permissions: { contents: write }
jobs:
  inherit: { uses: ./.github/workflows/called.yml, with: { stage: a, fast: false }, secrets: inherit }
  named: { uses: ./.github/workflows/called.yml, with: { stage: b }, secrets: { KEY: '\${{ secrets.OTHER }}' } }
  none: { uses: ./.github/workflows/called.yml, with: { stage: '\${{ matrix.s }}' }, strategy: { matrix: { s: [c, d] } } }
  after: { needs: [inherit, named, none], runs-on: ubuntu-latest, steps: [{ id: s, run: 'echo "v=\${{ needs.inherit.outputs.version }}|\${{ needs.named.outputs.version }}" >> $GITHUB_OUTPUT' }] }
`,
      { '.github/workflows/called.yml': called },
      { secrets: { KEY: 'key-value', OTHER: 'other-value' } },
    );
    expect(conclusions(run)).toEqual({
      'inherit / work': 'success',
      'named / work': 'success',
      'none (c) / work': 'success',
      'none (d) / work': 'success',
      after: 'success',
    });
    expect(step(run, 'after', 's').outputs['v']).toBe(
      'a false env=[] key=[set] Caller push|b true env=[] key=[set] Caller push',
    );
    expect(step(run, 'none (d) / work', 's').outputs['v']).toBe('d true env=[] key=[] Caller push');
    expect(job(run, 'named / work').permissions).toMatchObject({ contents: 'read', packages: 'none' });
  });

  test('that asks for more than its caller, or is called wrongly, lets nothing begin', async () => {
    const caller = (job: string, permissions = '{ contents: read }'): string =>
      `on: push\npermissions: ${permissions}\njobs:\n  call: ${job}\n`;
    const greedy = called.replace(
      'permissions: { contents: read }',
      'permissions: { contents: write, id-token: write }',
    );
    const files = {
      '.github/workflows/called.yml': greedy,
      '.github/workflows/plain.yml':
        'on: workflow_dispatch\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n',
    };
    const problems = async (text: string): Promise<string> => {
      const run = await runOnce(text, files);
      expect(run.conclusion).toBe('startup_failure');
      return run.problems.join('\n');
    };
    const more = await problems(caller('{ uses: ./.github/workflows/called.yml, with: { stage: a } }'));
    expect(more).toContain(
      "the nested job 'work' is requesting 'contents: write', but is only allowed 'contents: read'",
    );
    expect(more).toContain("'id-token: write', but is only allowed 'id-token: none'");
    const wrong = await problems(
      caller('{ uses: ./.github/workflows/called.yml, with: { stag: a } }', 'write-all'),
    );
    expect(wrong).toContain('Invalid input, stag is not defined');
    expect(wrong).toContain('Input stage is required');
    expect(await problems(caller('{ uses: ./.github/workflows/plain.yml }'))).toContain('on.workflow_call');
    expect(await problems(caller('{ uses: ./.github/workflows/none.yml }'))).toContain('was not found');
    expect(await problems(caller('{ uses: other/repo/.github/workflows/x.yml@v1 }'))).toContain(
      'was not found',
    );
  });

  test('of another repository means its own commit with $/, and the caller with ./', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/w.yml':
        'on: push\npermissions: { contents: read }\njobs: { call: { uses: tools/shared/.github/workflows/x.yml@v1 } }\n',
      'where/action.yml':
        'name: w\ndescription: w\nruns: { using: composite, steps: [{ shell: bash, run: echo caller }] }\n',
    });
    forge.addRepository('tools/shared', {
      '.github/workflows/x.yml': `
on: workflow_call
jobs:
  inner: { uses: $/.github/workflows/y.yml }
`,
      '.github/workflows/y.yml': `
on: workflow_call
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - { name: own, uses: $/where }
      - { name: early, uses: ./where, continue-on-error: true }
      - uses: actions/checkout@v5
      - { name: callers, uses: ./where }
`,
      'where/action.yml':
        'name: w\ndescription: w\nruns: { using: composite, steps: [{ shell: bash, run: echo shared }] }\n',
    });
    forge.git('--git-dir', forge.gitFolder('tools/shared')!, 'tag', 'v1', 'main');
    await using runner = new Runner({ forge });
    forge.push({ a: '1' });
    const [run] = await runner.idle();
    expect(run!.problems).toEqual([]);
    const one = 'call / inner / one';
    expect(step(run!, one, 'own').log).toContain('\nshared\n');
    expect(step(run!, one, 'early').log).toContain('Did you forget to run actions/checkout');
    expect(step(run!, one, 'callers').log).toContain('\ncaller\n');
    expect(forge.issued[0]).toMatchObject({
      calledWorkflow: expect.stringMatching(/^tools\/shared\/\.github\/workflows\/y\.yml@/),
    });
  });
});
