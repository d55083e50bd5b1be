import { describe, expect, test } from 'vitest';
import { FolderForge, Runner } from './index.ts';
import { job, step } from './once.ts';

const oneStep = (run: string): string =>
  `permissions: { contents: read }\njobs: { one: { runs-on: ubuntu-latest, steps: [{ id: s, run: '${run}' }] } }\n`;
const seen = 'echo "ref=$GITHUB_REF name=$GITHUB_REF_NAME type=$GITHUB_REF_TYPE" >> $GITHUB_OUTPUT';

describe('a push', () => {
  test('starts the workflows whose branches, tags and paths it meets', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/all.yml': `name: all\non: push\n${oneStep(seen)}`,
      '.github/workflows/branches.yml': `name: branches\non: { push: { branches: [main, 'rel/**'] } }\n${oneStep('true')}`,
      '.github/workflows/ignore.yml': `name: ignore\non: { push: { branches-ignore: [main] } }\n${oneStep('true')}`,
      '.github/workflows/paths.yml': `name: paths\non: { push: { paths: ['pipelines/**'] } }\n${oneStep('true')}`,
      '.github/workflows/docs.yml': `name: docs\non: { push: { paths-ignore: ['**.md'] } }\n${oneStep('true')}`,
      '.github/workflows/tags.yml': `name: tags\non: { push: { tags: ['*@v*'] } }\n${oneStep(seen)}`,
    });
    await using runner = new Runner({ forge });
    const started = async (act: () => unknown): Promise<string[]> => {
      const before = runner.runs.length;
      act();
      return (await runner.idle())
        .slice(before)
        .map(({ workflow }) => workflow)
        .sort();
    };
    expect(await started(() => forge.push({ 'pipelines/a/b.csv': '1' }))).toEqual([
      'all',
      'branches',
      'docs',
      'paths',
    ]);
    expect(await started(() => forge.push({ 'a.md': '1' }))).toEqual(['all', 'branches']);
    expect(await started(() => forge.push({ 'pipelines/c': '1' }, { branch: 'rel/1' }))).toEqual([
      'all',
      'branches',
      'docs',
      'ignore',
      'paths',
    ]);
    expect(await started(() => forge.push({ x: '1' }, { message: 'Note [skip ci]' }))).toEqual([]);
    await started(() => forge.push({ y: '1' }));
    expect(await started(() => forge.tag('m@v1.0.0', { message: 'one' }))).toEqual([
      'all',
      'docs',
      'paths',
      'tags',
    ]);
    const tagged = runner.runs.find(({ workflow }) => workflow === 'tags')!;
    expect(step(tagged, 'one', 's').outputs).toEqual({ ref: 'refs/tags/m@v1.0.0 name=m@v1.0.0 type=tag' });
    expect(runner.notStarted.map(({ why }) => why)).toContain(
      'the message of the commit asks to skip workflows',
    );
  });

  test('of the token of a job starts nothing, needs the right to write, and is refused to a fork', async () => {
    const pushes = (permissions: string): string => `
on: push
permissions: ${permissions}
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: git -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m again && git push --quiet
`;
    await using forge = await FolderForge.start({
      '.github/workflows/may.yml': pushes('{ contents: write }'),
      '.github/workflows/may-not.yml': pushes('{ contents: read, id-token: write }'),
    });
    await using runner = new Runner({ forge, machines: 1 });
    forge.push({ a: '1' });
    const runs = await runner.idle();
    expect(runs.map(({ path, conclusion }) => [path.split('/').at(-1), conclusion])).toEqual([
      ['may-not.yml', 'failure'],
      ['may.yml', 'success'],
    ]);
    expect(job(runs[0]!, 'one').steps[1]!.log).toContain('403');
    expect(runner.notStarted).toEqual([
      { event: 'push', workflow: '*', why: 'the token of a job did it, and that starts nothing' },
    ]);
    expect(forge.git('log', '-1', '--format=%s', 'main').trim()).toBe('again');
  });
});

describe('a pull request', () => {
  const workflow = `
name: PR
on: pull_request
permissions: { contents: read, pull-requests: write, id-token: write }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with: { fetch-depth: 0 }
      - id: s
        env: { KEY: '\${{ secrets.KEY }}' }
        run: |
          {
            echo "parents=$(git rev-list --parents -1 HEAD | wc -w) base=$GITHUB_BASE_REF head=$GITHUB_HEAD_REF"
            echo "ref=$GITHUB_REF"
            echo "key=[\${KEY:+set}]"
            echo "isHead=\${{ github.sha == github.event.pull_request.head.sha }}"
          } >> $GITHUB_OUTPUT
`;
  const after = `
name: Comment
on: { workflow_run: { workflows: [PR], types: [completed] } }
permissions: { pull-requests: write, actions: read }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - id: s
        env: { KEY: '\${{ secrets.KEY }}', PULLS: '\${{ toJSON(github.event.workflow_run.pull_requests.*.number) }}' }
        run: echo "key=[\${KEY:+set}] ref=$GITHUB_REF pulls=$(echo $PULLS) \${{ github.event.workflow_run.conclusion }}" >> $GITHUB_OUTPUT
`;

  test('of a branch runs its merge with its secrets; of a fork with none, and a token that only reads', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/pr.yml': workflow,
      '.github/workflows/after.yml': after,
    });
    await using runner = new Runner({ forge, secrets: { KEY: 'very-secret' } });
    forge.pullRequest({ branch: 'work', files: { a: '1' } });
    await runner.idle();
    forge.pullRequest({ branch: 'work', files: { b: '1' }, fork: 'stranger/project' });
    const runs = await runner.idle();
    const [own, ownAfter, fork, forkAfter] = runs as [
      (typeof runs)[0],
      (typeof runs)[0],
      (typeof runs)[0],
      (typeof runs)[0],
    ];
    expect(runs.map(({ workflow, conclusion }) => `${workflow} ${conclusion}`)).toEqual([
      'PR success',
      'Comment success',
      'PR success',
      'Comment success',
    ]);
    expect(step(own, 'one', 's').outputs).toEqual({
      parents: '3 base=main head=work',
      ref: 'refs/pull/1/merge',
      key: '[set]',
      isHead: 'false',
    });
    expect(job(own, 'one').permissions).toMatchObject({
      'pull-requests': 'write',
      'id-token': 'write',
      issues: 'none',
    });
    expect(step(fork, 'one', 's').outputs['key']).toBe('[]');
    expect(job(fork, 'one').permissions).toMatchObject({
      contents: 'read',
      'pull-requests': 'read',
      'id-token': 'none',
    });
    expect(own.headSha).not.toBe(own.sha);
    // The workflow that follows is of the default branch, and has what the fork's has not.
    expect(step(ownAfter, 'one', 's').outputs['key']).toBe('[set] ref=refs/heads/main pulls=[ 1 ] success');
    expect(step(forkAfter, 'one', 's').outputs['key']).toBe('[set] ref=refs/heads/main pulls=[] success');
  });

  test('that was closed, or meets no type, starts nothing', async () => {
    await using forge = await FolderForge.start({ '.github/workflows/pr.yml': workflow });
    await using runner = new Runner({ forge });
    forge.pullRequest({ branch: 'work', files: { a: '1' }, action: 'labeled' });
    expect(await runner.idle()).toEqual([]);
    expect(runner.notStarted[0]).toMatchObject({ why: 'labeled is not one of its types' });
  });
});

describe('a dispatch', () => {
  test('brings inputs of the declared types, and is refused with others', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/button.yml': `
name: button
run-name: Deploy \${{ inputs.stage }}
on:
  workflow_dispatch:
    inputs:
      stage: { type: choice, options: [staging, production], required: true }
      dry: { type: boolean, default: true }
      count: { type: number, default: 3 }
permissions: {}
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - { id: s, if: '!inputs.dry', run: 'echo "v=\${{ inputs.count + 0 == 4 }} \${{ github.event.inputs.dry == ''false'' }}" >> $GITHUB_OUTPUT' }
`.replace('inputs.count + 0 == 4', 'inputs.count == 4'),
      '.github/workflows/data.yml': `
name: data
on: { repository_dispatch: { types: [new-data] } }
permissions: { contents: read }
jobs: { one: { runs-on: ubuntu-latest, steps: [{ id: s, run: 'echo "rows=\${{ github.event.client_payload.rows[1] }}" >> $GITHUB_OUTPUT' }] } }
`,
      '.github/workflows/night.yml': `name: night\non: { schedule: [{ cron: '17 3 * * *' }] }\n${oneStep(seen)}`,
    });
    await using runner = new Runner({ forge });
    const press = (inputs: Record<string, string>): void =>
      forge.emit('workflow_dispatch', { ref: 'main', workflow: 'button.yml', inputs });
    press({ stage: 'production', dry: 'false', count: '4' });
    press({ stage: 'moon' });
    press({});
    press({ stage: 'staging', other: '1' });
    // A job may press buttons: the one exception.
    forge.emit('repository_dispatch', { action: 'new-data', client_payload: { rows: [1, 2] } }, true);
    forge.emit('repository_dispatch', { action: 'else', client_payload: {} });
    runner.schedule('owner/project', '17 3 * * *');
    runner.schedule('owner/project', '0 0 * * *');
    const runs = await runner.idle();
    const by = (name: string): (typeof runs)[0] => runs.find(({ workflow }) => workflow === name)!;
    expect(runs.map(({ workflow }) => workflow).sort()).toEqual(['button', 'data', 'night']);
    expect(by('button').title).toBe('Deploy production');
    expect(step(by('button'), 'one', 's').outputs).toEqual({ v: 'true true' });
    expect(step(by('data'), 'one', 's').outputs).toEqual({ rows: '2' });
    expect(step(by('night'), 'one', 's').outputs['ref']).toContain('refs/heads/main');
    expect(runner.notStarted.map(({ why }) => why)).toEqual(
      expect.arrayContaining([
        "Provided value 'moon' for input 'stage' not in the list of allowed values",
        "Required input 'stage' not provided",
        'Unexpected inputs provided: ["other"]',
        'else is not one of its types',
        'it has no schedule 0 0 * * *',
      ]),
    );
  });

  test('of releases and deployments runs at what they name', async () => {
    await using forge = await FolderForge.start({
      '.github/workflows/release.yml': `name: release\non: { release: { types: [published] } }\n${oneStep(seen)}`,
      '.github/workflows/deployed.yml': `name: deployed\non: deployment_status\n${oneStep(seen)}`,
    });
    await using runner = new Runner({ forge });
    const sha = forge.tag('v1');
    forge.emit('release', { action: 'published', release: { tag_name: 'v1' } });
    forge.emit('deployment_status', {
      deployment: { ref: 'v1', sha },
      deployment_status: { state: 'success' },
    });
    forge.emit('deployment_status', {
      deployment: { ref: 'v1', sha },
      deployment_status: { state: 'inactive' },
    });
    const runs = await runner.idle();
    expect(runs.map(({ workflow, ref }) => `${workflow} ${ref}`).sort()).toEqual([
      'deployed refs/tags/v1',
      'release refs/tags/v1',
    ]);
  });
});

test('a workflow that follows itself ends after three', async () => {
  const follows = (name: string, of: string): string =>
    `name: ${name}\non: { workflow_run: { workflows: [${of}], types: [completed] } }\n${oneStep('true')}`;
  await using forge = await FolderForge.start({
    '.github/workflows/a.yml': `name: a\non: push\n${oneStep('true')}`,
    '.github/workflows/b.yml': follows('b', 'a'),
    '.github/workflows/c.yml': follows('c', 'b'),
    '.github/workflows/d.yml': follows('d', 'c'),
  });
  await using runner = new Runner({ forge });
  forge.push({ a: '1' });
  expect((await runner.idle()).map(({ workflow }) => workflow)).toEqual(['a', 'b', 'c']);
});

test('a file that GitHub cannot read is a run that failed to start', async () => {
  await using forge = await FolderForge.start({
    '.github/workflows/bad.yml':
      'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - run: "${{ nothing.here }}"\n        shel: bash\n',
  });
  await using runner = new Runner({ forge });
  forge.push({ a: '1' });
  const [run] = await runner.idle();
  expect(run!.conclusion).toBe('startup_failure');
  expect(run!.problems.join('\n')).toContain('.github/workflows/bad.yml:7:9: Unexpected value');
});
