import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GithubEvent, Permissions } from '../github/fake/index.ts';
import { makeZip } from '../github/fake/index.ts';
import type { Project } from './rig/project.ts';
import { openProject } from './rig/project.ts';

let project: Project;
beforeAll(async () => {
  project = await openProject();
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

/** What the callers grant. */
const release: Permissions = {
  ...{ actions: 'read', contents: 'write', packages: 'write' },
  'pull-requests': 'read',
};
const pullRequest: Permissions = {
  ...{ actions: 'read', contents: 'read', packages: 'read' },
  'pull-requests': 'write',
};

function last(name: string): GithubEvent {
  return project.github.events.findLast((event) => event.name === name)!;
}

function comments(issue: number): readonly { readonly author: string; readonly body: string }[] {
  return [...project.github.world.comments.values()].filter((comment) => comment.issue === issue);
}

describe('act, on a repository that trainyard init made', () => {
  it('knows neither `$/` nor `queue` yet: what follows runs copies that say it otherwise', async () => {
    await project.push({ by: 'ada', ref: 'refs/heads/main', from: 'trees: 100', to: 'trees: 60' });
    const { payload, ref } = last('push');
    const main = { event: 'push', payload, caller: 'trainyard-main', permissions: release };
    const queued = await project.act(ref, { ...main, asCommitted: true });
    expect(queued.code).toBe(1);
    expect(queued.log).toContain('Unknown Property queue');
    const pull = { event: 'pull_request', payload: {}, caller: 'trainyard-pull-request' };
    const named = await project.act(ref, { ...pull, permissions: pullRequest, asCommitted: true });
    expect(named.code).toBe(1);
    expect(named.log).toContain('$/');
    expect([...named.jobs.values()]).not.toContain('success');
  });

  it('trains, records and registers what is pushed to the default branch', async () => {
    const { payload, ref } = last('push');
    const call = { event: 'push', payload, caller: 'trainyard-main', permissions: release };
    const { failed, code, log, jobs } = await project.act(ref, call);
    expect(failed, log).toEqual([]);
    expect(code, log).toBe(0);
    expect(Object.fromEntries(jobs)).toMatchObject({
      plan: 'success',
      'job-1': 'success',
      record: 'success',
    });
    const refs = [...(await project.github.world.git.refs()).keys()];
    expect(refs).toContain('refs/heads/trainyard/runs');
    expect(refs).toContain('refs/tags/pump-failure@v1.0.0');
    expect(refs).toContain('refs/tags/pump-failure#staging#1');
  });

  it('P1: plans, validates, trains, compares and comments a pull request from a branch', async () => {
    const { github, git } = project;
    git('checkout', '-q', '-b', 'fewer-trees');
    await project.push({ by: 'ada', ref: 'refs/heads/fewer-trees', from: 'trees: 60', to: 'trees: 30' });
    const pull = await github.openPull('ada', { headRef: 'fewer-trees' });
    const { payload, ref } = last('pull_request');
    const call = { event: 'pull_request', payload, caller: 'trainyard-pull-request' };
    const { failed, code, log, jobs } = await project.act(ref, { ...call, permissions: pullRequest });
    expect(failed, log).toEqual([]);
    expect(code).toBe(0);
    expect(Object.fromEntries(jobs)).toMatchObject({
      plan: 'success',
      'validate pump-failure': 'success',
      'job-1': 'success',
      'report pump-failure': 'success',
    });
    expect(comments(pull.number)).toEqual([
      expect.objectContaining({
        author: 'github-actions[bot]',
        body: expect.stringMatching(/pump-failure: pass[\s\S]*`trees`/),
      }),
    ]);
  });

  it('P5: leaves the report of a fork, and comments it from the workflow that may', async () => {
    const { github, git } = project;
    const fork = await github.fork('stranger/pumps');
    git('checkout', '-q', '-B', 'offer', 'refs/remotes/origin/main');
    const change = { by: 'stranger', ref: 'refs/heads/offer', from: 'trees: 60', to: 'trees: 20' };
    await project.push({ ...change, at: fork });
    const { number } = await github.openPull('stranger', {
      headRepository: 'stranger/pumps',
      headRef: 'offer',
    });
    const { payload, ref } = last('pull_request');
    const readOnly = { contents: 'read' } as const;
    const call = { event: 'pull_request', payload, caller: 'trainyard-pull-request', actor: 'stranger' };
    const first = await project.act(ref, { ...call, permissions: readOnly });
    expect(first.failed, first.log).toEqual([]);
    expect(comments(number)).toEqual([]);
    const name = 'trainyard-report-pump-failure';
    expect(project.artifacts()).toContain(name);

    const zip = makeZip([{ name: 'report.json', bytes: project.artifact(name, 'report.json') }]);
    github.addArtifact({ run: first.id, name, zip });
    await github.finishRun(first.id, 'success');
    const second = await project.act('refs/heads/main', {
      event: 'workflow_run',
      payload: last('workflow_run').payload,
      caller: 'trainyard-pull-request-comment',
      permissions: { actions: 'read', 'pull-requests': 'write' },
    });
    expect(second.failed, second.log).toEqual([]);
    expect(Object.fromEntries(second.jobs)).toEqual({ comment: 'success' });
    expect(comments(number)).toEqual([
      expect.objectContaining({ body: expect.stringMatching(/unverified/i) }),
    ]);
  });

  it('leaves nothing behind in the clone', () => {
    const status = execFileSync('git', ['-C', project.clone, 'status', '--porcelain'], { encoding: 'utf8' });
    expect(status).toBe('');
  });
});
