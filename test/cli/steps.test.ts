import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/runs/index.ts';
import { Repository } from '../rig/repository.ts';

const pipeline = `version: 1
name: words
params: { least: 2 }
steps:
  count:
    run: |
      echo "this is \${{ run.pipeline }}"
      sort words.txt | uniq -c | awk -v least=\${{ params.least }} '$1 >= least { print $2, $1 }' > "$TRAINYARD_OUT/counts.txt"
      echo '{"words": {"total": '"$(wc -l < words.txt)"'}}' > "$TRAINYARD_OUT/metrics.json"
    deps: [words.txt]
    outs: { counts: counts.txt, metrics: metrics.json }
  shout:
    needs: count
    run: tr a-z A-Z < "$TRAINYARD_IN_COUNT_COUNTS" > "$TRAINYARD_OUT/shout/loud.txt"
    outs: { loud: shout/loud.txt }
`;

describe('steps that are commands', () => {
  it('T6, T9: a plain shell pipeline runs, hands outputs on, reports metrics, and is re-used', async () => {
    using repository = new Repository();
    repository.write('pipelines/words/pipeline.yaml', pipeline);
    repository.write('pipelines/words/words.txt', 'one\ntwo\none\nthree\ntwo\none\n');
    const first = await repository.trainyard('run', 'words', '--json');
    expect(first.code, first.stderr).toBe(0);
    const record = JSON.parse(first.stdout) as RunRecord;
    expect(record.code).toBeNull();
    expect(repository.read('.trainyard/.gitignore')).toBe('*\n');
    expect(record.steps.map(({ id, status }) => [id, status])).toEqual([
      ['count', 'ran'],
      ['shout', 'ran'],
    ]);
    expect(record.steps[0]?.selfReported).toEqual({ 'words.total': 6 });
    expect(repository.read('.trainyard/out/words/shout/shout/loud.txt')).toBe('ONE 3\nTWO 2\n');

    expect((await repository.trainyard('run', 'words', '--force', 'count', '--verbose')).stderr).toContain(
      'this is words',
    );
    const second = await repository.trainyard('run', 'words');
    expect(second.stderr).toContain('all up to date');
    // Without Git, records are kept in a folder, and that is said.
    expect(second.stdout).toContain('Recorded outside of Git: ');

    repository.write('pipelines/words/words.txt', 'two\none\ntwo\none\nfour\none\n');
    const third = await repository.trainyard('run', 'words', '--json');
    const statuses = (JSON.parse(third.stdout) as RunRecord).steps.map(({ status }) => status);
    // The counts come out as before, so the wave ends there.
    expect(statuses).toEqual(['ran', 'cached']);
  });

  it('P5: a secret reaches only the step that names it, and is masked everywhere', async () => {
    const secret = 'pa55word-of-the-registry';
    using repository = new Repository({ env: { TOKEN: secret } });
    repository.write(
      'pipelines/secrets/pipeline.yaml',
      [
        'version: 1',
        'name: secrets',
        'steps:',
        '  with-it: { run: \'echo "token is $TOKEN"; echo "$TOKEN" >&2\', secrets: [TOKEN] }',
        '  without-it: { run: \'echo "token is ${TOKEN:-not here}"\' }',
        '',
      ].join('\n'),
    );
    const run = await repository.trainyard('run', 'secrets', '--verbose', '--json');
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toContain('without-it | token is not here');
    expect(run.stderr).toMatch(/with-it \| token is \*{3}/);
    expect(run.stdout + run.stderr).not.toContain(secret);
    const kept = await repository.grep(secret);
    expect(kept).toEqual([]);
  });

  it('reports a step that fails with its last lines and its place, and exits with 3', async () => {
    using repository = new Repository();
    repository.write(
      'pipelines/broken/pipeline.yaml',
      'version: 1\nname: broken\nsteps:\n  one: { run: "echo before; false; echo after" }\n  two: { needs: one, run: "true" }\n',
    );
    const run = await repository.trainyard('run', 'broken');
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('before');
    expect(run.stderr).not.toMatch(/^ +after$/m);
    expect(run.stderr).toContain('one: The command ended with exit code 1');
    expect(run.stderr).toContain('pipelines/broken/pipeline.yaml:4');
    const record = JSON.parse((await repository.trainyard('runs', 'show', '--json')).stdout) as RunRecord;
    expect(record.status).toBe('failed');
    expect(record.verdict).toBe('inconclusive');
    expect(record.steps.map(({ status }) => status)).toEqual(['failed', 'skipped']);
  });
});

describe('mistakes', () => {
  it('lists all five of five, each at its place, and exits with 2', async () => {
    using repository = new Repository();
    repository.write(
      'pipelines/wrong/pipeline.yaml',
      [
        'version: 1',
        'name: wrong',
        'params: { depth: 3 }',
        'steps:',
        '  one: { run: "true", retyr: 3 }',
        '  two: { needs: onne, run: "true" }',
        '  three: { run: "echo ${{ params.dept }}" }',
        '  four: { run: "true", outs: { file: ../../out.txt } }',
        '  five: { name: nothing to do }',
        '',
      ].join('\n'),
    );
    const check = await repository.trainyard('check');
    expect(check.code).toBe(2);
    for (const place of ['5:23', '6:17', '7:', '8:38', '9:']) {
      expect(check.stdout).toContain(`pipelines/wrong/pipeline.yaml:${place}`);
    }
    expect(check.stdout).toContain('did you mean `retry`');
    expect(check.stdout).toContain('5 mistakes');
    const json = JSON.parse((await repository.trainyard('check', '--json')).stdout) as {
      mistakes: unknown[];
    };
    expect(json.mistakes).toHaveLength(5);
  });

  it('says what is unknown, and what was meant', async () => {
    using repository = new Repository();
    repository.write('pipelines/words/pipeline.yaml', pipeline);
    repository.write('pipelines/words/words.txt', 'one\n');
    const name = await repository.trainyard('run', 'wods');
    expect([name.code, name.stderr]).toEqual([2, expect.stringContaining('did you mean `words`')]);
    const param = await repository.trainyard('run', 'words', '--param', 'leats=3');
    expect([param.code, param.stderr]).toEqual([2, expect.stringContaining('least')]);
    const value = await repository.trainyard('run', 'words', '--param', 'least=many');
    expect(value.code).toBe(2);
    const step = await repository.trainyard('why', 'words', 'cuont');
    expect([step.code, step.stderr]).toEqual([2, expect.stringContaining('count')]);
    const run = await repository.trainyard('runs', 'show', 'latest');
    expect(run.code).toBe(2);
    const folder = await repository.trainyard('-C', 'nowhere', 'check', '--json');
    expect([folder.code, JSON.parse(folder.stdout)]).toMatchObject([
      2,
      { failures: [{ code: 'commands-folder-missing' }] },
    ]);
    const usage = await repository.trainyard('run', '--json');
    expect([usage.code, JSON.parse(usage.stdout)]).toMatchObject([2, { failures: [{ code: 'cli-usage' }] }]);
  });

  it('are not hidden by a reader that goes away', () => {
    using repository = new Repository();
    repository.write(
      'pipelines/bad/pipeline.yaml',
      'version: 1\nname: bad\nsteps: { one: { run: "exit 1" } }\n',
    );
    expect(repository.pipeInto('head -n 1', 'run', 'bad')).toBe(3);
  });
});
