import { describe, expect, test } from 'vitest';
import { conclusions, job, runOnce, step } from './once.ts';

describe('jobs', () => {
  test('hand on outputs, and see only what they need', async () => {
    const run = await runOnce(
      `
on: push
env: { LEVEL: workflow, BOTH: workflow }
jobs:
  make:
    runs-on: ubuntu-latest
    env: { BOTH: job }
    outputs:
      word: \${{ steps.say.outputs.word }}
      lines: \${{ steps.say.outputs.lines }}
      secret: \${{ steps.say.outputs.secret }}
    steps:
      - id: say
        env: { BOTH: step }
        run: |
          echo "word=$LEVEL-$BOTH" >> "$GITHUB_OUTPUT"
          { echo 'lines<<E'; printf 'a\\nb\\n'; echo E; } >> "$GITHUB_OUTPUT"
          echo "secret=prefix-$KEY" >> "$GITHUB_OUTPUT"
          echo "KEY is $KEY"
        shell: bash
      - run: echo "BOTH=from file" >> "$GITHUB_ENV"; mkdir bin; printf '#!/bin/sh\\necho mine' > bin/tool; chmod +x bin/tool; echo "$PWD/bin" >> "$GITHUB_PATH"
      - { id: after, run: 'echo "both=$BOTH tool=$(tool) repo=$GITHUB_REPOSITORY" >> "$GITHUB_OUTPUT"' }
  use:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - { id: see, run: 'echo ''got=\${{ toJSON(needs.make.outputs.lines) }} \${{ needs.make.outputs.word }} [\${{ needs.make.outputs.secret }}]'' >> "$GITHUB_OUTPUT"' }
`.replace('env: { BOTH: step }', 'env: { BOTH: step, KEY: "${{ secrets.KEY }}" }'),
      {},
      { secrets: { KEY: 's3cret-value' } },
    );
    expect(run.conclusion).toBe('success');
    expect(step(run, 'make', 'say').log).toContain('KEY is ***');
    expect(step(run, 'make', 'after').outputs).toEqual({ both: 'from file tool=mine repo=owner/project' });
    expect(job(run, 'make').outputs).toEqual({ word: 'workflow-step', lines: 'a\nb' });
    expect(job(run, 'make').annotations[0]!.message).toBe(
      "Skip output 'secret' since it may contain secret.",
    );
    expect(step(run, 'use', 'see').outputs['got']).toBe('"a\\nb" workflow-step []');
  });

  test('after a failure run only when they ask for it; a skipped ancestor is no success', async () => {
    const run = await runOnce(`
on: push
jobs:
  broken: { runs-on: ubuntu-latest, steps: [{ run: exit 3 }] }
  next: { needs: broken, runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  on-failure: { needs: next, if: failure(), runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  anyway: { needs: [next], if: always(), runs-on: ubuntu-latest, steps: [{ run: 'test "\${{ needs.next.result }}" = skipped' }] }
  off: { if: "github.ref == 'refs/heads/other'", runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  on-off-failure: { needs: off, if: failure(), runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  after-off: { needs: off, if: "always() && needs.off.result == 'skipped'", runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  trap: { needs: after-off, runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  no-trap: { needs: after-off, if: "!cancelled() && needs.after-off.result == 'success'", runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  forgiven: { continue-on-error: true, runs-on: ubuntu-latest, steps: [{ run: exit 1 }] }
  after-forgiven: { needs: forgiven, runs-on: ubuntu-latest, steps: [{ run: 'test "\${{ needs.forgiven.result }}" = success' }] }
  nowhere: { runs-on: [self-hosted, gpu], steps: [{ run: 'true' }] }
`);
    expect(conclusions(run)).toEqual({
      broken: 'failure',
      next: 'skipped',
      'on-failure': 'success',
      anyway: 'success',
      off: 'skipped',
      'on-off-failure': 'skipped',
      'after-off': 'success',
      trap: 'skipped',
      'no-trap': 'success',
      forgiven: 'failure',
      'after-forgiven': 'success',
      nowhere: 'cancelled',
    });
    expect(run.conclusion).toBe('failure');
    expect(job(run, 'nowhere').annotations[0]!.message).toContain('no machine has self-hosted, gpu');
    expect(step(run, 'broken', 'Run exit 3').log).toContain('Process completed with exit code 3.');
  });

  test('of a matrix: the last output wins, a failure cancels the others, or does not', async () => {
    const run = await runOnce(`
on: push
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs: { list: '\${{ steps.l.outputs.list }}' }
    steps: [{ id: l, run: "echo 'list=[1,2]' >> $GITHUB_OUTPUT" }]
  parts:
    needs: plan
    runs-on: ubuntu-latest
    strategy: { max-parallel: 1, matrix: { part: '\${{ fromJSON(needs.plan.outputs.list) }}' } }
    outputs: { last: '\${{ steps.s.outputs.v }}', first: '\${{ steps.s.outputs.first }}' }
    steps:
      - id: s
        run: |
          echo "v=\${{ matrix.part }} of \${{ strategy.job-total }}" >> $GITHUB_OUTPUT
          if [ \${{ strategy.job-index }} = 0 ]; then echo "first=yes" >> $GITHUB_OUTPUT; fi
  after: { needs: parts, runs-on: ubuntu-latest, steps: [{ run: 'test "\${{ needs.parts.outputs.last }}\${{ needs.parts.outputs.first }}" = "2 of 2yes"' }] }
  fast:
    runs-on: ubuntu-latest
    strategy: { max-parallel: 1, matrix: { n: [1, 2] } }
    steps: [{ run: exit 1 }]
  slow:
    name: slow \${{ matrix.n }}
    runs-on: ubuntu-latest
    strategy: { fail-fast: false, matrix: { n: [1, 2] } }
    steps: [{ run: 'test \${{ matrix.n }} = 2' }]
  empty:
    runs-on: ubuntu-latest
    strategy: { matrix: { n: "\${{ fromJSON('[]') }}" } }
    steps: [{ run: 'true' }]
`);
    expect(conclusions(run)).toEqual({
      plan: 'success',
      'parts (1)': 'success',
      'parts (2)': 'success',
      after: 'success',
      'fast (1)': 'failure',
      'fast (2)': 'cancelled',
      'slow 1': 'failure',
      'slow 2': 'success',
      empty: 'failure',
    });
    expect(job(run, 'empty').annotations[0]!.message).toContain('does not contain any values');
  });

  test('and steps end at their time limit', async () => {
    const run = await runOnce(
      `
on: push
jobs:
  step: { runs-on: ubuntu-latest, steps: [{ name: long, timeout-minutes: 1, run: sleep 60 }, { name: then, if: failure(), run: 'true' }] }
  job:
    runs-on: ubuntu-latest
    timeout-minutes: 1
    steps:
      - { name: long, run: "trap 'echo interrupted; exit 1' INT; sleep 60 & wait" }
      - { name: then, run: 'true' }
      - { name: tidy, if: always(), run: 'echo tidied' }
`,
      {},
      { minuteMs: 300, graceMs: [100, 100] },
    );
    expect(conclusions(run)).toEqual({ step: 'failure', job: 'cancelled' });
    expect(step(run, 'step', 'long').log).toContain("The action 'long' has timed out after 1 minutes.");
    expect(step(run, 'step', 'then').conclusion).toBe('success');
    expect(step(run, 'job', 'long').log).toContain('interrupted');
    expect(step(run, 'job', 'long').conclusion).toBe('cancelled');
    expect(step(run, 'job', 'then').conclusion).toBe('skipped');
    expect(step(run, 'job', 'tidy').conclusion).toBe('success');
    expect(job(run, 'job').annotations[0]!.message).toContain('maximum execution time of 1 minutes');
  });
});

describe('steps', () => {
  test('fail, are forgiven, and are told of failures', async () => {
    const run = await runOnce(`
on: push
defaults: { run: { shell: bash } }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - { id: forgiven, continue-on-error: true, run: exit 1 }
      - { id: see, run: 'test "\${{ steps.forgiven.outcome }} \${{ steps.forgiven.conclusion }}" = "failure success"' }
      - { id: pipe, continue-on-error: true, run: 'false | true' }
      - { id: nopipe, shell: 'bash -e {0}', run: 'false | true' }
      - { id: badfile, continue-on-error: true, run: 'echo "no pair" >> $GITHUB_OUTPUT' }
      - { id: options, continue-on-error: true, run: 'echo "NODE_OPTIONS=--require x" >> $GITHUB_ENV' }
      - { id: folder, continue-on-error: true, working-directory: nowhere, run: 'true' }
      - { id: summary, run: 'echo "# Hi" >> $GITHUB_STEP_SUMMARY' }
      - { id: big, run: "head -c 1100000 /dev/zero | tr '\\\\0' x >> $GITHUB_STEP_SUMMARY" }
      - { id: fails, run: exit 1 }
      - { id: skipped, run: 'true' }
      - { id: told, if: 'failure() && steps.fails.conclusion == ''failure''', run: 'test "\${{ job.status }}" = failure' }
  two:
    runs-on: ubuntu-latest
    defaults: { run: { shell: sh, working-directory: sub } }
    steps:
      - { run: mkdir sub, working-directory: . }
      - { id: where, run: 'echo "at=$(basename $PWD)" >> $GITHUB_OUTPUT' }
      - { id: py, shell: python, run: 'import os; open(os.environ["GITHUB_OUTPUT"], "a").write("py=1\\n")' }
`);
    expect(Object.fromEntries(job(run, 'one').steps.map(({ id, outcome }) => [id, outcome]))).toEqual({
      forgiven: 'failure',
      see: 'success',
      pipe: 'failure',
      nopipe: 'success',
      badfile: 'failure',
      options: 'failure',
      folder: 'failure',
      summary: 'success',
      big: 'success',
      fails: 'failure',
      skipped: 'skipped',
      told: 'success',
    });
    expect(job(run, 'one').summary).toBe('# Hi\n');
    expect(step(run, 'one', 'big').annotations[0]!.message).toContain('upload aborted');
    expect(step(run, 'one', 'folder').log).toContain('No such file or directory');
    expect(step(run, 'two', 'where').outputs).toEqual({ at: 'sub' });
  });

  test('hash files of the workspace', async () => {
    const run = await runOnce(`
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo a > a.lock; mkdir d; echo b > d/b.lock
      - { id: h, run: 'echo "h=\${{ hashFiles(''**/*.lock'') }}|\${{ hashFiles(''none'') }}" >> $GITHUB_OUTPUT' }
`);
    // sha256 of the two files' own sha256, in order.
    expect(step(run, 'one', 'h').outputs['h']).toMatch(/^[0-9a-f]{64}\|$/);
  });
});
