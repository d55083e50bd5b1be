import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Acted, ReleaseRig, Step } from './release-rig.ts';
import { model, releaseRig, repository, workflowOfTrainyard } from './release-rig.ts';

const program = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
let rig: ReleaseRig;
let pull: number;
let run: string;

/** What the jobs of the workflows may, and who they are. */
const record: Step['permissions'] = { contents: 'write', 'id-token': 'write' };
const promote: Step['permissions'] = { contents: 'write', 'pull-requests': 'write' };
const reusable = { reusableWorkflow: `${workflowOfTrainyard}@${'1'.repeat(40)}` };

/** A version that a pull request brought: trained on the default branch after the merge, and not recorded yet. */
beforeAll(async () => {
  rig = await releaseRig();
  rig.git('checkout', '-q', '-b', 'topic');
  rig.edit(`pipelines/${model}/pipeline.yaml`, 'trees: 100', 'trees: 90');
  await rig.push('Fewer trees', 'topic');
  pull = (await rig.github.openPull('bob', { headRef: 'topic' })).number;
  await rig.github.mergePull('octocat', pull);
  rig.git('checkout', '-q', 'main');
  rig.git('pull', '-q', 'origin', 'main');
  const trained = await rig.act('train', { with: { pipeline: model }, permissions: { contents: 'read' } });
  expect(trained.failures).toEqual([]);
  run = trained.outcome!.outputs['run']!;
}, 120_000);
afterAll(() => rig[Symbol.asyncDispose]());

function comments(): string[] {
  return [...rig.github.world.comments.values()]
    .filter(({ issue }) => issue === pull)
    .map(({ body }) => body);
}

/** Somebody pushes a tag that asks for a promotion, and the workflow decides it. */
async function tagged(by: string, counter: number, more: Partial<Step> = {}): Promise<Acted> {
  const tag = `${model}#production#${counter}`;
  rig.git('tag', tag, `${model}@v1.0.0^{}`);
  await rig.github.pushed(by, async () => rig.git('push', '-q', 'origin', tag));
  const sha = rig.git('rev-parse', `${tag}^{}`);
  const job = { actor: by, event: 'push', ref: `refs/tags/${tag}`, sha };
  return await rig.act('promote', { permissions: promote, job, ...more });
}

describe('from a run to production, by the actions (V4, P4)', () => {
  it('P4: attests by the identity of the job what is recorded, and sends both in one commit', async () => {
    const step = await rig.act('record', { with: { run }, permissions: record, job: reusable });
    expect(step.failures).toEqual([]);
    const { attestation, sent } = step.outcome!.outputs;
    expect(attestation).toMatch(/^attestations\/[0-9a-f]{64}\/[0-9a-f]{64}\.json$/);
    const hub = rig.git('ls-remote', 'origin', 'refs/heads/trainyard/runs').split('\t')[0]!;
    rig.git('fetch', '-q', 'origin', 'trainyard/runs');
    const files = rig.git('ls-tree', '-r', '--name-only', hub).split('\n');
    expect(files).toEqual(expect.arrayContaining([attestation]));
    expect(files.some((file) => file.endsWith(`${run}.json`))).toBe(true);
    expect(Number(sent)).toBeGreaterThanOrEqual(2);
    expect(rig.git('rev-list', '--count', hub)).toBe('1');
    const again = await rig.act('record', { with: { run }, permissions: record, job: reusable });
    expect(again.outcome!.outputs['attestation']).toBeUndefined();
    expect(again.outcome!.outputs['sent']).toBe('0');
    expect(again.annotations).toEqual([]);
    const nobody = await rig.act('record', { with: { run }, permissions: { contents: 'write' } });
    expect(nobody.failures).toEqual([]);
    expect(nobody.annotations).toMatchObject([
      { level: 'notice', message: expect.stringContaining('it needs `id-token: write`') },
    ]);
  });

  it('V4: registers with a release that holds the model card and the stages', async () => {
    const step = await rig.act('register', { with: { pipeline: model, run }, permissions: record });
    expect([step.failures, step.annotations]).toEqual([[], []]);
    expect(step.outcome!.outputs).toMatchObject({
      version: 'v1.0.0',
      deployments: '[{"stage":"staging","environment":"staging"}]',
    });
    const notes = rig.bodyOfRelease('v1.0.0');
    expect(notes).toMatch(/^Stands in \*\*staging\*\* now\./);
    expect(notes).toContain('## How well it does');
    expect(notes).not.toContain('library_name');
    expect(notes).not.toContain('## Versions');
    expect(execFileSync('git', ['cat-file', '-t', `${model}@v1.0.0`], { cwd: rig.clone })).toEqual(
      Buffer.from('tag\n'),
    );
    // What the token of a job does starts no workflow: the jobs that deploy follow in the same one.
    expect(
      rig.github.events.filter(({ name }) => name === 'release').map((each) => each.startsWorkflows),
    ).toEqual([false, false]);
  });

  it('P3: deploys what somebody trusted signed for, says its steps in words and where it answers', async () => {
    const step = await rig.act('deploy', {
      with: { model, stage: 'staging' },
      permissions: { contents: 'write', packages: 'write' },
    });
    expect(step.failures).toEqual([]);
    expect(step.outcome!.outputs).toMatchObject({
      version: 'v1.0.0',
      branch: 'deploy/staging',
      url: `https://staging.example.org/predict/${model}`,
    });
    expect(step.outcome!.summary).toContain('provenance pass');
  });

  it('V4: a refusal is said on the pull request, once, with who asked and what refused it', async () => {
    const step = await tagged('eve', 7);
    expect(step.outcome).toMatchObject({ verdict: 'fail', outputs: { granted: 'false' } });
    expect(step.annotations).toMatchObject([
      { level: 'error', title: 'Promotion refused', message: expect.stringContaining('promoters') },
    ]);
    const [comment, ...others] = comments();
    expect(others).toEqual([]);
    expect(comment).toMatch(/^<!-- trainyard:promotion model=pump-failure stage=production -->\n### /);
    expect(comment).toContain('production: refused');
    expect(comment).toContain('pump-failure#production#7');
    expect(comment).toContain('One condition is not met');
    expect(comment).toContain(`/${repository}/actions/runs/`);
    expect(comment).toContain(`trainyard promote ${model}@v1.0.0 --to production --dry-run`);
    expect(comment).not.toMatch(/@(eve|rita)\b/);
  });

  it('V4: without the right to comment a refusal is a refusal, and says what the job lacks', async () => {
    const step = await tagged('eve', 11, { permissions: { contents: 'write' } });
    expect([step.failures, step.outcome!.verdict]).toEqual([[], 'fail']);
    expect(step.annotations.map(({ level }) => level)).toEqual(['error', 'warning']);
    expect(step.annotations[1]!.message).toContain('pull-requests');
    expect(comments()).toEqual([expect.stringContaining('pump-failure#production#7')]);
  });

  it('V4: a grant changes that comment and the release, and stands without both', async () => {
    const step = await tagged('rita', 13);
    expect([step.failures, step.annotations]).toEqual([[], []]);
    expect(step.outcome).toMatchObject({
      verdict: 'pass',
      outputs: { granted: 'true', environment: 'prod', deploys: 'false' },
    });
    expect(comments()).toEqual([expect.stringContaining('production: granted')]);
    expect(rig.bodyOfRelease('v1.0.0')).toMatch(/^Stands in \*\*staging\*\*, \*\*production\*\* now\./);
    for (const release of rig.github.world.releases.values()) release.body = 'of long ago';
    const again = await rig.act('promote', {
      with: { tag: `${model}#production#13` },
      permissions: { contents: 'read' },
      job: { actor: 'rita' },
    });
    expect(again.outcome).toMatchObject({ verdict: 'pass', outputs: { granted: 'true' } });
    expect(again.annotations.map(({ level, title }) => `${level}: ${title}`)).toEqual(
      expect.arrayContaining([`warning: The release of ${model}@v1.0.0 was not written`]),
    );
  });

  it('P3: deploys what came to stand in the stage while it was at work', async () => {
    const tag = `${model}#staging#20`;
    const { behaviour } = rig.registry;
    behaviour.after = () => {
      delete behaviour.after;
      rig.git('tag', tag, `${model}@v1.0.0^{}`);
      rig.git('push', '-q', 'origin', tag);
      execFileSync(process.execPath, [program, 'promote', '--from-tag', tag], { cwd: rig.clone });
    };
    const step = await rig.act('deploy', {
      with: { model, stage: 'staging' },
      permissions: { contents: 'write', packages: 'write' },
    });
    expect(step.failures).toEqual([]);
    const lock = execFileSync('git', ['show', `${step.outcome!.outputs['commit']}:locks/${model}.json`], {
      cwd: rig.clone,
      encoding: 'utf8',
    });
    expect((JSON.parse(lock) as { assignment: { tag: string } }).assignment.tag).toBe(`${model}#staging#21`);
  });

  it('P4: nothing is built, pushed or written for a version that nobody trusted signed for', async () => {
    const branches = rig.git('ls-remote', 'origin', 'refs/heads/*');
    const seen = rig.registry.seen.length;
    const refused = async (before: string, after: string): Promise<string> => {
      rig.edit('trainyard.yaml', before, after);
      const step = await rig.act('deploy', {
        with: { model, stage: 'staging' },
        permissions: { contents: 'write', packages: 'write' },
      });
      rig.git('checkout', '-q', 'trainyard.yaml');
      expect(step.failures.map(({ code }) => code)).toEqual(['deploy-provenance']);
      return step.failures[0]!.message;
    };
    // Whoever calls the same workflow of Trainyard has the same identity: the certificate says whose job it was.
    const ours = `    repository: https://github.com/${repository}\n`;
    expect(await refused(ours, '    repository: https://github.com/octo/other\n')).toContain(
      'of the repository',
    );
    expect(await refused(ours, '')).toContain('trusted is https://github.com/trainyard/trainyard');
    expect(await refused('refs/heads/main', 'refs/heads/release')).toContain('of the ref');
    expect(await refused('release.yml@*', 'train.yml@*')).toContain('it is signed by');
    expect(rig.registry.seen.length).toBe(seen);
    expect(rig.git('ls-remote', 'origin', 'refs/heads/*')).toBe(branches);
  });
});
