import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunRecord } from '../../src/runs/index.ts';
import { Repository } from '../rig/repository.ts';
import { fakeS3 } from './fakes/s3.ts';

function twoSteps(env: Readonly<Record<string, string>>): Repository {
  const repository = new Repository({ env });
  repository.write('.gitignore', '.trainyard/\n');
  repository.write('trainyard.yaml', 'version: 1\nstore: s3://bucket/project\n');
  repository.write(
    'pipelines/hello/pipeline.yaml',
    `version: 1
name: hello
steps:
  one: { run: "echo one > $TRAINYARD_OUT/one.txt", outs: { text: one.txt } }
  two: { needs: one, run: "echo two > $TRAINYARD_OUT/two.txt", outs: { text: two.txt } }
`,
  );
  repository.git('init', '--quiet', '--initial-branch=main');
  repository.commit('Start');
  return repository;
}

test('a bucket that goes away fails the step that needs it; the record stays here, and the next run goes on from there', async () => {
  await using s3 = await fakeS3();
  using repository = twoSteps(s3.env);
  s3.fault = (request) => {
    // After the file and the log of the first step.
    if (s3.objects.size >= 2) request.socket.destroy();
    return undefined;
  };
  const ran = await repository.trainyard('run', 'hello');
  expect(ran.code, ran.stderr).toBe(3);
  expect(`${ran.stdout}${ran.stderr}`).toContain('s3://bucket/project');
  const shown = await repository.trainyard('runs', 'show', 'latest', '--json');
  const text = JSON.parse(shown.stdout) as RunRecord & { record?: RunRecord };
  const record = text.record ?? text;
  expect(record).toMatchObject({ status: 'failed' });
  expect(record.steps.map(({ status, failure }) => [status, failure?.code])).toEqual([
    ['ran', undefined],
    ['failed', 'store-objects-unreachable'],
  ]);
  const away = await repository.trainyard('run', 'hello');
  expect([away.code, away.stderr]).toEqual([3, expect.stringContaining('store-objects-unreachable')]);
  s3.fault = () => undefined;
  rmSync(join(repository.folder, '.trainyard'), { recursive: true });
  const again = await repository.trainyard('run', 'hello', '--json');
  expect(again.code, again.stderr).toBe(0);
  const whole = JSON.parse(again.stdout) as RunRecord;
  expect(whole.steps.map(({ status }) => status)).toEqual(['cached', 'ran']);
});

test('check names the line of a store that cannot be', async () => {
  using repository = twoSteps({});
  repository.write('trainyard.yaml', 'version: 1\nstore: "s3://key:secret@bucket/x"\n');
  const checked = await repository.trainyard('check');
  expect(checked.code).toBe(2);
  expect(checked.stderr + checked.stdout).toContain('trainyard.yaml:2:');
  expect(checked.stderr + checked.stdout).toContain('pipeline-store');
});
