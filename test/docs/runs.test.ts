import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openRepository } from '../../src/git/index.ts';
import { openRuns } from '../../src/runs/index.ts';
import { value } from '../git/rig.ts';
import { Repository } from '../rig/repository.ts';
import { sampleRecord } from '../runs/sample-record.ts';

const page = readFileSync(new URL('../../docs/runs.md', import.meta.url), 'utf8');

/** A command line in words, as a shell would take it apart. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((word) => word[1] ?? word[2] ?? word[3]!);
}

test('the commands of the page on runs do what they say', async () => {
  using project = new Repository();
  project.write('trainyard.yaml', 'version: 1\n');
  project.git('init', '--quiet', '--initial-branch=main');
  project.commit('Start');
  const repository = value(await openRepository(project.folder));
  const history = openRuns({ repository, branch: 'trainyard/runs', root: project.folder });
  const id = '20261120-031500-1f4a9c1e';
  const older = { startedAt: '2026-11-20T03:15:00.500Z', params: { seed: 7, trees: 100 } };
  for (const record of [sampleRecord(), sampleRecord({ id, ...older })]) value(await history.write(record));
  const commands = page
    .match(/```sh\n(.*?)```/s)![1]!
    .trimEnd()
    .split('\n');
  for (const command of commands) {
    const [program, ...words] = wordsOf(command);
    expect(program).toBe('trainyard');
    const { code, stdout, stderr } = await project.trainyard(...words);
    expect(code, `${command}\n${stderr}`).toBe(0);
    if (words[1] === 'list') expect(stdout, command).toMatch(/2026112[01]-031500-1f4a9c1e/);
  }
  const shown = await project.trainyard('runs', 'show', 'latest');
  expect(shown.stdout).toContain('tags: best');
  expect(shown.stdout).toContain('Trained on the cleaned data');
  const listed = await project.trainyard('runs', 'list', '--where', 'tag = best', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { id: sampleRecord().id, tags: ['best'], params: { trees: 200 }, metrics: { roc_auc: { value: 0.912 } } },
  ]);
  const narrow = await project.trainyard('runs', 'untag', 'latest', 'best', '--dry-run');
  expect(narrow).toMatchObject({ code: 0, stdout: '' });
  const wrong = await project.trainyard('runs', 'list', '--where', 'params.tres > 3');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('did you mean "params.trees"?');
});
