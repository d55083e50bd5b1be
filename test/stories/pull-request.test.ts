import { expect } from 'vitest';
import { pipeline, pipelineFile } from './rig/beginning.ts';
import { commentsOn } from './rig/project.ts';
import { story } from './rig/story.ts';

const data = `pipelines/${pipeline}/data/pumps.csv`;

/** The line that says the verdict. */
function verdictIn(comment: string): string {
  return comment.split('\n').find((line) => line.startsWith('### ')) ?? '';
}

story('T1 P1: a data scientist opens a pull request from a branch', async ({ project, tell }) => {
  tell('Ada halves the trees on a branch, and opens a pull request.');
  project.git('checkout', '-q', '-b', 'fewer-trees');
  project.edit(pipelineFile, 'trees: 100', 'trees: 50');
  await project.push('Use half the trees', 'fewer-trees', 'ada');
  const pull = await project.github.openPull('ada', { headRef: 'fewer-trees' });
  const [trained, forForks] = await project.settled();
  expect([trained!.workflow, trained!.conclusion]).toEqual(['Trainyard pull request', 'success']);
  expect([forForks!.workflow, forForks!.conclusion]).toEqual(['Trainyard comment', 'skipped']);
  const [comment, ...more] = commentsOn(project, pull.number);
  expect(more).toEqual([]);
  expect(comment).toContain('trees');
  tell(`The comment begins: ${verdictIn(comment!)}`);
  const records = (): string => project.git('ls-remote', 'origin', 'refs/heads/trainyard/runs');
  const recorded = records();

  tell('Nobody could have written but the comment: no job had a right to.');
  for (const { name, permissions } of trained!.jobs) {
    const writes = Object.entries(permissions).filter(([, level]) => level === 'write');
    expect(writes, name).toEqual(name.includes('report') ? [['pull-requests', 'write']] : []);
  }

  tell('She takes ten trees instead; the comment changes in its place.');
  project.edit(pipelineFile, 'trees: 50', 'trees: 10');
  await project.push('Use ten trees', 'fewer-trees', 'ada');
  await project.settled();
  const [changed, ...others] = commentsOn(project, pull.number);
  expect(others).toEqual([]);
  expect(changed).not.toBe(comment);
  expect(changed).toMatch(/trees.*\b100\b.*\b10\b/);
  expect(records()).toBe(recorded);
});

story('P1: a pull request that concerns no pipeline is left in peace', async ({ project, tell }) => {
  tell('Ada mends a sentence of the README.');
  project.git('checkout', '-q', '-b', 'words');
  project.write('README.md', '# Pumps\n');
  await project.push('Say less', 'words', 'ada');
  const pull = await project.github.openPull('ada', { headRef: 'words' });
  const [run] = await project.settled();
  expect(run!.jobs.filter(({ conclusion }) => conclusion === 'success').map(({ name }) => name)).toEqual([
    'pull-request / plan',
    'pull-request / verdict',
  ]);
  expect(commentsOn(project, pull.number)).toEqual([]);
});

story('D1 P1: data that breaks its contract', async ({ project, tell }) => {
  tell('Ada brings a new row of a pump that is -70 days old, on line 402.');
  project.git('checkout', '-q', '-b', 'more-rows');
  const rows = project.read(data).trimEnd().split('\n');
  const header = rows[0]!.split(',');
  const cells = rows[1]!.split(',');
  const at = (name: string): number => {
    expect(header).toContain(name);
    return header.indexOf(name);
  };
  cells[at('pump')] = 'P999';
  cells[at('age_days')] = '-70';
  project.write(data, `${[...rows, cells.join(',')].join('\n')}\n`);
  await project.push('More rows', 'more-rows', 'ada');
  const pull = await project.github.openPull('ada', { headRef: 'more-rows' });
  const [run] = await project.settled();
  expect(run!.conclusion).toBe('failure');
  const validate = run!.jobs.find(({ name }) => name.includes('validate'))!;
  const [annotation] = validate.steps.flatMap(({ annotations }) => annotations);
  tell(
    `The mistake is shown at ${annotation?.file}:${annotation?.line}: ${annotation?.message.split('\n')[0]}`,
  );
  expect(annotation).toMatchObject({ level: 'error', file: data, line: 402 });
  expect(`${annotation!.title} ${annotation!.message}`).toContain('age_days');
  expect(run!.jobs.find(({ name }) => name === 'pull-request / verdict')!.conclusion).toBe('failure');
  const [comment] = commentsOn(project, pull.number);
  expect(verdictIn(comment ?? '')).toContain('❌');
});

story('P1 P4: a stranger opens a pull request from a fork', async ({ project, tell }) => {
  tell(
    'Mallory forks the repository. A step of hers asks for a right to write, and pushes with what it finds.',
  );
  const folder = await project.github.fork('mallory/pumps');
  project.git('checkout', '-q', '-b', 'for-free');
  project.edit(pipelineFile, 'trees: 100', 'trees: 60 # <img src=x>');
  project.edit(
    pipelineFile,
    'steps:\n',
    `steps:
  steal:
    run: |
      token=$(tr '\\0' '\\n' < /proc/$PPID/environ | sed -n 's/^INPUT_TOKEN=//p')
      git push "${project.github.origin.replace('://', '://x-access-token:$token@')}/octo/pumps.git" HEAD:refs/heads/stolen || true
      test -n "$token" && echo found > "$TRAINYARD_OUT/found.txt" || echo none > "$TRAINYARD_OUT/found.txt"
    outs: { found: found.txt }
`,
  );
  const contract = `pipelines/${pipeline}/rows.odcs.yaml`;
  project.write(
    contract,
    project
      .read(contract)
      .replace('id: pump-failure-rows', 'id: "<img src=x onerror=alert(1)> @octo/everybody"'),
  );
  project.git('commit', '-q', '-am', 'Fewer trees');
  await project.github.pushed('mallory', async () => project.git('push', '-q', folder, 'HEAD:for-free'));
  const before = project.git('ls-remote', 'origin');
  const pull = await project.github.openPull('mallory', {
    headRef: 'for-free',
    headRepository: 'mallory/pumps',
  });
  const [trained, comments] = await project.settled();
  expect([trained!.workflow, trained!.conclusion]).toEqual(['Trainyard pull request', 'success']);
  for (const { name, permissions } of trained!.jobs) {
    expect(Object.values(permissions), name).not.toContain('write');
  }
  tell('Her run had a token that reads; the trusted workflow comments what it left, as unverified.');
  expect([comments!.workflow, comments!.conclusion]).toEqual(['Trainyard comment', 'success']);
  expect(comments!.jobs.flatMap(({ steps }) => steps.map(({ name }) => name)).join()).not.toContain(
    'checkout',
  );
  const [comment, ...more] = commentsOn(project, pull.number);
  expect(more).toEqual([]);
  expect(comment).toMatch(/\*\*.*Not verified/);
  expect(comment).not.toContain('<img');
  expect(comment).not.toMatch(/(^|[^`\w])@octo/);
  expect(project.git('ls-remote', 'origin', 'refs/heads/stolen')).toBe('');
  const refs = project.git('ls-remote', 'origin').split('\n');
  expect(refs.filter((ref) => !ref.includes('refs/pull/'))).toEqual(
    before.split('\n').filter((ref) => !ref.includes('refs/pull/')),
  );
});
