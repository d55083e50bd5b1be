import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { GithubFake } from '../github/fake/index.ts';
import { githubFake } from '../github/fake/index.ts';
import { describeRun, fakeForge, Runner } from './index.ts';
import { job, step } from './once.ts';

const comment = `
name: PR
on: pull_request
permissions: { contents: read, pull-requests: write, id-token: write }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - id: call
        shell: node {0}
        env: { TOKEN: '\${{ github.token }}', NUMBER: '\${{ github.event.number }}' }
        run: |
          const { GITHUB_API_URL: api, GITHUB_REPOSITORY: name, TOKEN, NUMBER, GITHUB_OUTPUT } = process.env;
          const headers = { authorization: 'Bearer ' + TOKEN, accept: 'application/vnd.github+json', 'user-agent': 'x' };
          const url = api + '/repos/' + name + '/issues/' + NUMBER + '/comments';
          const identity = process.env.ACTIONS_ID_TOKEN_REQUEST_URL !== undefined;
          fetch(url, { method: 'POST', headers, body: JSON.stringify({ body: 'hello' }) }).then((said) =>
            require('node:fs').appendFileSync(GITHUB_OUTPUT, 'said=' + said.status + ' ' + identity + '\\n'));
      - { run: 'echo \${{ github.event.number }} > number.txt' }
      - { uses: actions/upload-artifact@v4, with: { name: number, path: number.txt } }
`;
const after = `
name: After
on: { workflow_run: { workflows: [PR], types: [completed] } }
permissions: { actions: read, contents: write }
jobs:
  one:
    runs-on: ubuntu-latest
    environment: { name: production, url: 'https://example.org' }
    steps:
      - { uses: actions/download-artifact@v5, with: { name: number, run-id: '\${{ github.event.workflow_run.id }}', github-token: '\${{ github.token }}' } }
      - { id: read, run: 'echo "number=$(cat number.txt)" >> $GITHUB_OUTPUT' }
      - uses: actions/checkout@v5
      - run: git checkout --quiet -b from-job && git push --quiet origin from-job
`;

async function start(): Promise<{ fake: GithubFake; bare: string; work: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-fake-forge-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [bare, work] = [join(folder, 'project.git'), join(folder, 'work')];
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', work]);
  commit(work, { '.github/workflows/pr.yml': comment, '.github/workflows/after.yml': after });
  execFileSync('git', ['-C', work, 'push', '--quiet', bare, 'main']);
  return { fake: await githubFake({ gitFolder: bare, repository: 'octo/project' }), bare, work };
}

function commit(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const identity = ['-c', 'user.name=Octo', '-c', 'user.email=octo@example.org'];
  execFileSync('git', ['-C', folder, 'add', '--all']);
  execFileSync('git', ['-C', folder, ...identity, 'commit', '--quiet', '-m', 'Change']);
}

test('a runner works for the fake of GitHub: its events, its rights, its artifacts, its pushes', async () => {
  const { fake, bare, work } = await start();
  await using _fake = fake;
  await using runner = new Runner({ forge: fakeForge({ fake, gitFolders: { 'octo/project': bare } }) });
  execFileSync('git', ['-C', work, 'checkout', '--quiet', '-b', 'topic']);
  commit(work, { 'a.txt': 'a' });
  await fake.pushed('octocat', async () =>
    execFileSync('git', ['-C', work, 'push', '--quiet', bare, 'topic']),
  );
  const own = await fake.openPull('octocat', { headRef: 'topic' });
  await runner.idle();

  const fork = await fake.fork('stranger/project');
  commit(work, { 'b.txt': 'b' });
  execFileSync('git', ['-C', work, 'push', '--quiet', fork, 'topic:evil']);
  const foreign = await fake.openPull('stranger', { headRef: 'evil', headRepository: 'stranger/project' });
  const runs = await runner.idle();

  expect(runs.map(describeRun).join('\n')).toContain('PR #1 (pull_request): success');
  expect(runs.map(({ workflow, conclusion }) => `${workflow} ${conclusion}`)).toEqual([
    'PR success',
    'After success',
    'PR success',
    'After success',
  ]);
  expect(step(runs[0]!, 'one', 'call').outputs['said']).toBe('201 true');
  expect(step(runs[2]!, 'one', 'call').outputs['said']).toBe('403 false');
  expect(job(runs[2]!, 'one').permissions['pull-requests']).toBe('read');
  expect(step(runs[1]!, 'one', 'read').outputs['number']).toBe(String(own.number));
  expect(step(runs[3]!, 'one', 'read').outputs['number']).toBe(String(foreign.number));
  expect([...fake.world.comments.values()].map(({ issue }) => issue)).toEqual([own.number]);
  expect([...fake.world.runs.values()].map(({ status }) => status)).toEqual(Array(4).fill('completed'));
  expect([...fake.world.artifacts.values()].map(({ name }) => name)).toEqual(['number', 'number']);
  expect([...fake.world.deploymentStatuses.values()].at(-1)).toMatchObject({
    state: 'success',
    environmentUrl: 'https://example.org',
  });
  // What the job pushed is there, and started nothing.
  expect(execFileSync('git', ['-C', bare, 'branch'], { encoding: 'utf8' })).toContain('from-job');
  expect(runner.notStarted.some(({ why }) => why.includes('token of a job'))).toBe(true);
});
