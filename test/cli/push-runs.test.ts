import { describe, expect, test } from 'vitest';
import { githubFake } from '../github/fake/index.ts';
import { Repository } from '../rig/repository.ts';

/** A repository with a pipeline of one command, and a bare remote beside it. */
function smallRepository(env: Readonly<Record<string, string>> = {}): Repository {
  const repository = new Repository({ env });
  repository.write('.gitignore', '.trainyard/\n');
  repository.write(
    'pipelines/hello/pipeline.yaml',
    'version: 1\nname: hello\nsteps:\n  hello: { run: "echo hello > $TRAINYARD_OUT/hello.txt", outs: { greeting: hello.txt } }\n',
  );
  repository.git('init', '--quiet', '--initial-branch=main');
  repository.commit('Start');
  repository.git('clone', '--quiet', '--bare', '.', '.trainyard/origin.git');
  repository.git('remote', 'add', 'origin', `${repository.folder}/.trainyard/origin.git`);
  return repository;
}

function recordsOf(repository: Repository): string[] {
  const listed = repository.git(
    '-C',
    '.trainyard/origin.git',
    'ls-tree',
    '-r',
    '--name-only',
    'trainyard/runs',
  );
  return listed.trim().split('\n');
}

describe('sharing runs', () => {
  test('run --push sends the record, and runs push has nothing more to send (V1)', async () => {
    using repository = smallRepository();
    const ran = await repository.trainyard('run', 'hello', '--push');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Sent 1 file') });
    expect(recordsOf(repository)).toHaveLength(1);
    const again = await repository.trainyard('runs', 'push');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('has everything already') });
    const pulled = await repository.trainyard('runs', 'pull', '--json');
    expect(JSON.parse(pulled.stdout)).toMatchObject({
      received: 0,
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });

  test('a push that cannot be done keeps the record here, says how to go on, and exits with 3', async () => {
    using repository = smallRepository();
    repository.git('remote', 'set-url', 'origin', 'http://127.0.0.1:9/none.git');
    const ran = await repository.trainyard('run', 'hello', '--push');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('Recorded');
    expect((await repository.trainyard('runs', 'show')).code).toBe(0);
  });

  test('without a remote it says so', async () => {
    using repository = smallRepository();
    repository.git('remote', 'remove', 'origin');
    const pushed = await repository.trainyard('runs', 'push', '--json');
    expect(pushed.code).toBe(2);
    expect(JSON.parse(pushed.stdout)).toMatchObject({ failures: [{ code: 'runs-sync-no-remote' }] });
  });

  test('goes through the API of GitHub where CI asks for it', async () => {
    using repository = smallRepository();
    const gitFolder = `${repository.folder}/.trainyard/origin.git`;
    await using api = await githubFake({ gitFolder, repository: 'octo/hello' });
    expect((await repository.trainyard('run', 'hello')).code).toBe(0);
    const missing = await repository.trainyard('runs', 'push', '--via', 'github');
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('github-setting-missing') });
    repository.setEnv({ GITHUB_TOKEN: 'good', GITHUB_REPOSITORY: 'octo/hello', GITHUB_API_URL: api.origin });
    const pushed = await repository.trainyard('runs', 'push', '--via', 'github');
    expect(pushed).toMatchObject({ code: 0, stdout: expect.stringContaining('Sent 1 file') });
    expect(recordsOf(repository)).toHaveLength(1);
    expect(pushed.stdout + pushed.stderr).not.toContain('good');
    // What was pruned here would stand in two places there.
    await repository.trainyard('runs', 'pull');
    await repository.trainyard('run', 'hello', '--force', 'all');
    const pruned = await repository.trainyard('runs', 'prune', '--older-than', '0d', '--keep-last', '1');
    expect(pruned.code, pruned.stderr).toBe(0);
    const refused = await repository.trainyard('runs', 'push', '--via', 'github');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('runs-sync-removed-here') });
  });
});
