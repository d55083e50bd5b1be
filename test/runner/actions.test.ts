import { describe, expect, test } from 'vitest';
import { FolderForge, Runner } from './index.ts';
import { conclusions, job, runOnce, step } from './once.ts';

const javascript = `
name: js
description: js
inputs:
  who: { description: who, default: '\${{ github.actor }}' }
  two words: { description: w, required: true }
outputs: { said: { description: s } }
runs: { using: node24, pre: pre.cjs, main: main.cjs, post: post.cjs, post-if: '!cancelled()' }
`;
const scripts = {
  'pre.cjs': 'console.log("before all");',
  'main.cjs': `
const { appendFileSync } = require('node:fs');
const e = process.env;
appendFileSync(e.GITHUB_OUTPUT, 'said=' + e.INPUT_WHO + ' ' + e.INPUT_TWO_WORDS + ' ' + e['INPUT_MORE-OF'] + '\\n');
appendFileSync(e.GITHUB_STATE, 'kept=<' + e.INPUT_WHO + '>\\n');
console.log('node ' + process.version + ' in ' + (process.cwd() === e.GITHUB_WORKSPACE) + ' of ' + e.GITHUB_ACTION_REPOSITORY);
`,
  'post.cjs': 'console.log("after all " + process.env.STATE_kept);',
};
const composite = `
name: c
description: c
inputs: { n: { description: n, default: one } }
outputs: { v: { description: v, value: '\${{ steps.inner.outputs.v }}' } }
runs:
  using: composite
  steps:
    - id: inner
      shell: bash
      run: |
        test -f "$GITHUB_ACTION_PATH/action.yml"
        echo "v=\${{ inputs.n }} [$INPUT_N] $STEP_ENV" >> $GITHUB_OUTPUT
        echo "FROM=composite" >> $GITHUB_ENV
    - { if: "inputs.n == 'bad'", shell: bash, run: exit 1 }
    - { if: failure(), shell: bash, run: echo inner failure seen }
    - { shell: bash, run: echo went on }
`;

describe('an action', () => {
  test('in JavaScript is started before, in and after its step; one of the workspace not before', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/w.yml': `
on: push
permissions: { contents: read }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - { id: remote, name: remote, uses: tools/js/act@v1, with: { two words: a b, more-of: '1' } }
      - { id: local, name: local, uses: ./js, with: { Who: me, two words: x } }
      - { name: test, run: 'test "\${{ steps.remote.outputs.said }}" = "somebody a b 1"' }
      - { run: exit 1 }
`,
      'js/action.yml': javascript,
      ...Object.fromEntries(Object.entries(scripts).map(([name, text]) => [`js/${name}`, text])),
    });
    forge.addRepository('tools/js', {
      'act/action.yml': javascript,
      ...Object.fromEntries(Object.entries(scripts).map(([name, text]) => [`act/${name}`, text])),
    });
    forge.git('--git-dir', forge.gitFolder('tools/js')!, 'tag', 'v1', 'main');
    await using runner = new Runner({ forge });
    forge.push({ a: '1' });
    const [run] = await runner.idle();
    expect(job(run!, 'one').steps.map(({ name, conclusion }) => `${name}: ${conclusion}`)).toEqual([
      'Pre remote: success',
      'Run actions/checkout@v5: success',
      'remote: success',
      'local: success',
      'test: success',
      'Run exit 1: failure',
      'Post local: success',
      'Post remote: success',
      'Post Run actions/checkout@v5: success',
    ]);
    expect(step(run!, 'one', 'local').outputs).toEqual({ said: 'me x undefined' });
    expect(step(run!, 'one', 'Post local').log).toContain('after all <me>');
    const { log, annotations } = step(run!, 'one', 'remote');
    expect(log).toContain(`node ${process.version} in true of tools/js`);
    expect(annotations[0]!.message).toBe(
      "Unexpected input(s) 'more-of', valid inputs are ['who', 'two words']",
    );
  });

  test('made of steps has its own inputs and failures, and writes into one log', async () => {
    const run = await runOnce(
      `
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - { id: good, uses: ./c, env: { STEP_ENV: e }, with: { n: two } }
      - { id: bad, uses: ./c, with: { n: bad } }
      - { id: late, if: always(), uses: ./c }
      - { name: see, if: always(), run: 'test "$FROM" = composite' }
`,
      { 'c/action.yml': composite },
    );
    expect(step(run, 'one', 'good').outputs).toEqual({ v: 'two [] e' });
    expect(step(run, 'one', 'good').log).toContain('went on');
    expect(step(run, 'one', 'bad').conclusion).toBe('failure');
    expect(step(run, 'one', 'bad').log).toMatch(/inner failure seen/);
    expect(step(run, 'one', 'bad').log).not.toContain('went on\n');
    expect(step(run, 'one', 'late').conclusion).toBe('success');
    expect(step(run, 'one', 'see').conclusion).toBe('success');
  });

  test('that cannot be had fails its job, plainly', async () => {
    const run = await runOnce(
      `
on: push
jobs:
  docker: { runs-on: ubuntu-latest, steps: [{ uses: 'docker://alpine' }] }
  nowhere: { runs-on: ubuntu-latest, steps: [{ uses: nobody/nothing@v1 }] }
  none: { runs-on: ubuntu-latest, steps: [{ uses: ./missing }] }
  secrets: { runs-on: ubuntu-latest, steps: [{ uses: actions/checkout@v5 }, { uses: ./c }] }
`,
      { 'c/action.yml': composite.replace("inputs.n == 'bad'", "secrets.KEY == ''") },
    );
    expect(new Set(Object.values(conclusions(run)))).toEqual(new Set(['failure']));
    expect(job(run, 'nowhere').annotations[0]!.message).toContain(
      'Unable to resolve action `nobody/nothing@v1`',
    );
    expect(job(run, 'secrets').steps[1]!.log).toContain("Unrecognized named-value: 'secrets'");
  });
});

describe("one of GitHub's own", () => {
  test('checks out what is asked for: shallow, whole, other refs; tags arrive lightweight; the token goes', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/w.yml': `
on: { push: { tags: ['**'] } }
permissions: { contents: read }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - { id: shallow, run: 'echo "n=$(git rev-list --count HEAD) $(git cat-file -t v1) $(git config --get-regexp extraheader | wc -l)" >> $GITHUB_OUTPUT' }
      - { uses: actions/checkout@v5, with: { fetch-depth: 0, persist-credentials: false } }
      - { id: whole, run: 'echo "n=$(git rev-list --count HEAD) $(git branch -r | wc -l) $(git config --get-regexp extraheader | wc -l)" >> $GITHUB_OUTPUT' }
      - { uses: actions/checkout@v5, with: { ref: main, path: sub } }
      - { id: branch, run: 'echo "at=$(git -C sub branch --show-current) $(cat sub/new)" >> $GITHUB_OUTPUT' }
      - { id: outside, continue-on-error: true, uses: actions/checkout@v5, with: { path: ../out } }
      - { id: missing, continue-on-error: true, uses: actions/checkout@v5, with: { ref: nope, path: n } }
`,
    });
    await using runner = new Runner({ forge });
    forge.push({ a: '1' });
    forge.push({ a: '2' }, { branch: 'other' });
    forge.tag('v1', { message: 'annotated' });
    forge.push({ new: 'later' });
    const [run] = await runner.idle();
    expect(step(run!, 'one', 'shallow').outputs['n']).toBe('1 commit 1');
    expect(step(run!, 'one', 'whole').outputs['n']).toBe('2 2 0');
    expect(step(run!, 'one', 'branch').outputs['at']).toBe('main later');
    expect(step(run!, 'one', 'outside').log).toContain('is not under');
    expect(step(run!, 'one', 'missing').log).toContain(
      "A branch or tag with the name 'nope' could not be found",
    );
  });

  test('hands artifacts from job to job and from run to run, under its rules', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/a.yml': `
name: A
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir -p out/d; echo 1 > out/a.json; echo 2 > out/d/b.json; echo 3 > out/.hidden; echo 4 > alone.txt
      - { id: up, uses: actions/upload-artifact@v4, with: { name: report, path: 'out/' } }
      - { uses: actions/upload-artifact@v4, with: { name: single, path: alone.txt } }
      - { id: twice, continue-on-error: true, uses: actions/upload-artifact@v4, with: { name: report, path: alone.txt } }
      - { id: none, uses: actions/upload-artifact@v4, with: { name: none, path: nothing/ } }
      - { id: error, continue-on-error: true, uses: actions/upload-artifact@v4, with: { name: none, path: nothing/, if-no-files-found: error } }
  use:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/download-artifact@v5, with: { name: report, path: in } }
      - { uses: actions/download-artifact@v5, with: { pattern: '*', path: all } }
      - { id: see, run: 'echo "files=$(find in all -type f | sort | tr ''\\n'' '' '')" >> $GITHUB_OUTPUT' }
`,
      '.github/workflows/b.yml': `
name: B
on: { workflow_run: { workflows: [A], types: [completed] } }
jobs:
  may:
    permissions: { actions: read }
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/download-artifact@v5, with: { name: report, run-id: '\${{ github.event.workflow_run.id }}', github-token: '\${{ github.token }}' } }
      - run: test "$(cat d/b.json)" = 2
  may-not:
    permissions: { contents: read }
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/download-artifact@v5, with: { name: report, run-id: '\${{ github.event.workflow_run.id }}', github-token: '\${{ github.token }}' } }
`,
    });
    await using runner = new Runner({ forge });
    forge.push({ a: '1' });
    const [a, b] = await runner.idle();
    expect(a!.artifacts.map(({ name }) => name)).toEqual(['report', 'single']);
    expect(step(a!, 'make', 'twice').log).toContain('already exists');
    expect(step(a!, 'make', 'none').annotations[0]!.level).toBe('warning');
    expect(step(a!, 'make', 'error').outcome).toBe('failure');
    expect(step(a!, 'use', 'see').outputs['files']).toBe(
      'all/report/a.json all/report/d/b.json all/single/alone.txt in/a.json in/d/b.json ',
    );
    expect(conclusions(b!)).toEqual({ may: 'success', 'may-not': 'failure' });
    expect(job(b!, 'may-not').steps[0]!.log).toContain('needs `actions: read`');
  });

  test('caches, sets up Node, attests and publishes pages when the job has the rights', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/w.yml': `
on: push
permissions: { contents: read }
jobs:
  cached:
    runs-on: ubuntu-latest
    steps:
      - { id: c, uses: actions/cache@v4, with: { path: '~/kept', key: 'k-\${{ github.ref_name }}-\${{ github.sha }}', restore-keys: "k-main-\\nk-" } }
      - { run: 'mkdir -p ~/kept; echo x >> ~/kept/f; echo "lines=$(wc -l < ~/kept/f)" >> $GITHUB_OUTPUT', id: f }
      - { id: n, uses: actions/setup-node@v5, with: { node-version: 20 } }
  attest:
    runs-on: ubuntu-latest
    permissions: { id-token: write, attestations: write, pages: write }
    environment: { name: github-pages, url: '\${{ steps.d.outputs.page_url }}' }
    steps:
      - run: mkdir _site; echo hi > _site/index.html
      - { uses: actions/attest-build-provenance@v3, with: { subject-path: _site/index.html } }
      - { uses: actions/upload-pages-artifact@v4 }
      - { id: d, uses: actions/deploy-pages@v4 }
  refused: { runs-on: ubuntu-latest, steps: [{ uses: actions/attest-build-provenance@v3, with: { subject-path: x } }] }
`,
    });
    await using runner = new Runner({ forge });
    forge.push({ a: '1' });
    await runner.idle();
    forge.push({ a: '2' });
    const [first, second] = await runner.idle();
    expect(step(first!, 'cached', 'f').outputs['lines']).toBe('1');
    expect(step(second!, 'cached', 'f').outputs['lines']).toBe('2');
    expect(step(second!, 'cached', 'c').outputs['cache-hit']).toBe('false');
    expect(first!.attestations).toMatchObject([
      { job: 'attest', name: 'index.html', digest: expect.stringMatching(/^sha256:/) },
    ]);
    expect(forge.deployments.slice(0, 2)).toMatchObject([
      { state: 'in_progress', environment: 'github-pages' },
      { state: 'success', url: 'https://owner.github.io/project/' },
    ]);
    expect(job(first!, 'refused').steps[0]!.log).toContain('id-token: write');
  });
});
