import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { githubRig } from '../rig.ts';
import { makeZip } from './index.ts';

const run = promisify(execFile);

describe("the fake of GitHub's API: what happens", () => {
  test('tells of a push, and that a push with the token of a job starts nothing', async () => {
    await using rig = await githubRig();
    rig.github.token('person', { actor: 'ada', kind: 'user', permissions: { contents: 'write' } });
    await rig.git('.', 'clone', '-q', rig.github.cloneUrl('good'), 'clone');
    await rig.write('clone/b.txt', 'b\n');
    await rig.git('clone', 'add', '.');
    await rig.git('clone', 'commit', '-q', '-m', 'second');
    await rig.git('clone', 'push', '-q', 'origin', 'main');
    expect(rig.github.events).toMatchObject([
      { name: 'push', ref: 'refs/heads/main', startsWorkflows: false },
    ]);
    await rig.git('clone', 'push', '-q', rig.github.cloneUrl('person'), 'main:refs/heads/topic');
    const [, created, pushed] = rig.github.events;
    expect(created).toMatchObject({ name: 'create', payload: { ref: 'topic', ref_type: 'branch' } });
    expect(pushed).toMatchObject({ name: 'push', actor: 'ada', startsWorkflows: true });
    rig.github.token('reader', { permissions: { contents: 'read' } });
    const refused = rig.git('clone', 'push', '-q', rig.github.cloneUrl('reader'), 'main:refs/heads/no');
    await expect(refused).rejects.toThrow();
    const anonymous = { env: { ...rig.environment, GIT_TERMINAL_PROMPT: '0' } };
    await expect(run('git', ['ls-remote', rig.github.cloneUrl()], anonymous)).rejects.toThrow();
  });

  test('says nothing of more than three tags in one push', async () => {
    await using rig = await githubRig();
    const push = async (...tags: readonly string[]): Promise<readonly string[]> => {
      const before = rig.github.events.length;
      for (const tag of tags) await rig.git('work', 'tag', '-a', '-m', tag, tag);
      await rig.github.pushed('ada', () => rig.git('work', 'push', '-q', 'origin', ...tags));
      return rig.github.events.slice(before).map(({ name, ref }) => `${name} ${ref}`);
    };
    expect(await push('a', 'b', 'c')).toHaveLength(6);
    expect(await push('d', 'e', 'f', 'g')).toEqual([]);
    expect(await push('m@v1.0.0')).toEqual(['create refs/tags/m@v1.0.0', 'push refs/tags/m@v1.0.0']);
  });

  test('follows a pull request of a fork from its opening to its merge', async () => {
    await using rig = await githubRig();
    await rig.github.fork('eve/hearts');
    rig.github.token('eve', { actor: 'eve', kind: 'user', permissions: {} });
    rig.github.world.collaborators.set('eve', 'read');
    await rig.git('.', 'clone', '-q', rig.github.cloneUrl('eve', 'eve/hearts'), 'fork');
    const change = async (text: string): Promise<void> => {
      await rig.write('fork/b.txt', text);
      await rig.git('fork', 'add', '.');
      await rig.git('fork', 'commit', '-q', '-m', `Say ${text}`);
      await rig.git('fork', 'push', '-q', 'origin', 'HEAD:topic');
    };
    await change('b');
    await expect(
      rig.git('fork', 'push', '-q', rig.github.cloneUrl('eve'), 'HEAD:refs/heads/no'),
    ).rejects.toThrow();
    const pull = await rig.github.openPull('eve', { headRepository: 'eve/hearts', headRef: 'topic' });
    await change('c');
    const answer = await rig.send('GET', `//pulls/${pull.number}`);
    expect(answer.json).toMatchObject({
      mergeable: true,
      commits: 2,
      head: { repo: { full_name: 'eve/hearts' } },
    });
    expect((await rig.send('GET', `//commits/${pull.headSha}/pulls`)).json).toEqual([]);
    await rig.github.mergePull('octocat', pull.number);
    const told = rig.github.events.map(({ name, payload }) => `${name} ${payload['action'] ?? ''}`.trim());
    expect(told).toEqual(['pull_request opened', 'pull_request synchronize', 'push', 'pull_request closed']);
    expect(rig.github.events.at(-1)!.payload['pull_request']).toMatchObject({ merged: true });
  });

  test('does not run the workflows of a pull request that conflicts', async () => {
    await using rig = await githubRig();
    await rig.branch('change', 'a.txt', 'mine\n');
    await rig.git('work', 'checkout', '-q', 'main');
    await rig.write('work/a.txt', 'theirs\n');
    await rig.git('work', 'commit', '-q', '-am', 'theirs');
    await rig.github.pushed('ada', () => rig.git('work', 'push', '-q', 'origin', 'main'));
    const { number } = await rig.github.openPull('ada', { headRef: 'change' });
    expect((await rig.send('GET', `//pulls/${number}`)).json.mergeable).toBe(false);
    expect(rig.github.events.at(-1)).toMatchObject({ name: 'pull_request', startsWorkflows: false });
  });

  test('shows a draft release to writers alone, and makes its tag when it is published', async () => {
    await using rig = await githubRig();
    rig.github.token('reader', { permissions: { contents: 'read' } });
    const as = { authorization: 'Bearer reader' };
    const draft = await rig.send('POST', '//releases', { tag_name: 'v1', draft: true });
    expect(draft.status).toBe(201);
    expect((await rig.send('GET', '//releases/tags/v1')).status).toBe(404);
    expect((await rig.send('GET', '//git/ref/tags/v1')).status).toBe(404);
    expect((await rig.send('GET', '//releases', undefined, as)).json).toEqual([]);
    expect((await rig.send('PATCH', `//releases/${draft.json.id}`, { draft: false })).status).toBe(200);
    expect((await rig.send('GET', '//git/ref/tags/v1')).status).toBe(200);
    expect((await rig.send('POST', '//releases', { tag_name: 'v1' })).status).toBe(422);
  });

  test('ends a deployment only in environments that are not production, and asks for good statuses', async () => {
    await using rig = await githubRig();
    const deploy = async (environment: string, body = {}) =>
      await rig.send('POST', '//deployments', { ref: 'main', environment, ...body });
    const statuses = async (id: number) =>
      (await rig.send('GET', `//deployments/${id}/statuses`)).json.map(
        (each: { state: string }) => each.state,
      );
    for (const [environment, left] of [
      ['staging', ['inactive', 'success']],
      ['production', ['success']],
    ] as const) {
      const first = await deploy(environment);
      await rig.send('POST', `//deployments/${first.json.id}/statuses`, { state: 'success' });
      const second = await deploy(environment);
      await rig.send('POST', `//deployments/${second.json.id}/statuses`, { state: 'success' });
      expect(await statuses(first.json.id)).toEqual(left);
    }
    await rig.send('POST', `//statuses/${await rig.git('work', 'rev-parse', 'HEAD')}`, { state: 'failure' });
    expect((await deploy('staging')).status).toBe(409);
    expect((await deploy('staging', { required_contexts: [] })).status).toBe(201);
    expect((await deploy('staging', { ref: 'nowhere' })).status).toBe(422);
  });

  test('starts a workflow by hand only with the inputs that it declares', async () => {
    await using rig = await githubRig();
    await rig.write(
      'work/.github/workflows/train.yml',
      'name: Train\non:\n  workflow_dispatch:\n    inputs:\n      model: { required: true }\njobs: {}\n',
    );
    await rig.git('work', 'add', '.');
    await rig.git('work', 'commit', '-q', '-m', 'workflow');
    await rig.git('work', 'push', '-q', 'origin', 'main');
    const start = async (body: object) =>
      (await rig.send('POST', '//actions/workflows/train.yml/dispatches', body)).status;
    expect(await start({ ref: 'main', inputs: { model: 'a' } })).toBe(204);
    expect(await start({ ref: 'main' })).toBe(422);
    expect(await start({ ref: 'main', inputs: { model: 'a', other: 'b' } })).toBe(422);
    expect(await start({ ref: 'none', inputs: { model: 'a' } })).toBe(422);
    expect(rig.github.events).toMatchObject([
      { name: 'workflow_dispatch', startsWorkflows: true, payload: { inputs: { model: 'a' } } },
    ]);
    expect(
      (await rig.send('POST', '//dispatches', { event_type: 'x', client_payload: { a: 'x'.repeat(70_000) } }))
        .status,
    ).toBe(422);
  });

  test('answers about commits, trees, tags and contents as Git has them', async () => {
    await using rig = await githubRig();
    const head = await rig.branch('topic', 'folder/b.txt', 'b\n');
    const base = await rig.git('work', 'rev-parse', 'main');
    const compared = await rig.send('GET', '//compare/main...topic');
    expect(compared.json).toMatchObject({
      status: 'ahead',
      ahead_by: 1,
      merge_base_commit: { sha: base },
      files: [{ filename: 'folder/b.txt', status: 'added', patch: '@@ -0,0 +1 @@\n+b' }],
    });
    const file = await rig.send('GET', '//contents/folder/b.txt?ref=topic');
    expect(Buffer.from(file.json.content, 'base64').toString()).toBe('b\n');
    expect((await rig.send('GET', '//contents/folder?ref=topic')).json).toMatchObject([{ name: 'b.txt' }]);
    expect((await rig.send('GET', '//git/trees/topic?recursive=1')).json.tree).toHaveLength(3);
    const made = await rig.send('POST', '//git/tags', {
      tag: 'm@v1',
      message: 'm',
      object: head,
      type: 'commit',
    });
    expect((await rig.send('POST', '//git/refs', { ref: 'refs/tags/m@v1', sha: made.json.sha })).status).toBe(
      201,
    );
    expect((await rig.send('GET', '//git/ref/tags/m%40v1')).json.object.type).toBe('tag');
    expect(await rig.git('origin.git', 'cat-file', '-t', 'm@v1')).toBe('tag');
    const patch = { sha: base };
    expect((await rig.send('PATCH', '//git/refs/heads/topic', patch)).status).toBe(422);
    expect((await rig.send('PATCH', '//git/refs/heads/topic', { ...patch, force: true })).status).toBe(200);
    expect((await rig.send('GET', '//commits/topic')).json.sha).toBe(base);
    expect((await rig.send('GET', '//collaborators/octocat/permission')).json.role_name).toBe('admin');
  });

  test('gives artifacts by another origin, which takes no token', async () => {
    await using rig = await githubRig();
    const head = await rig.git('work', 'rev-parse', 'HEAD');
    const { id } = await rig.github.addRun({ path: '.github/workflows/pull-request.yml', headSha: head });
    const zip = makeZip([{ name: 'a.json', bytes: Buffer.from('{}') }]);
    rig.github.addArtifact({ run: id, name: 'report', zip });
    const listed = await rig.send('GET', `//actions/runs/${id}/artifacts`);
    expect(listed.json).toMatchObject({ total_count: 1, artifacts: [{ name: 'report' }] });
    const moved = await rig.send('GET', `//actions/artifacts/${listed.json.artifacts[0].id}/zip`);
    const location = moved.headers.get('location')!;
    expect(moved.status).toBe(302);
    expect(new URL(location).origin).not.toBe(rig.github.origin);
    expect(Buffer.from(await (await fetch(location)).arrayBuffer())).toEqual(zip);
    expect((await fetch(location, { headers: { authorization: 'Bearer good' } })).status).toBe(400);
    expect(rig.github.leaks).toHaveLength(1);
    await rig.github.finishRun(id, 'success');
    expect(rig.github.events.map(({ payload }) => payload['action'])).toEqual(['requested', 'completed']);
  });

  test("has events in the shape that GitHub's schemas describe", async () => {
    await using rig = await githubRig();
    const head = await rig.branch('topic', 'b.txt', 'b\n');
    const { number } = await rig.github.openPull('ada', { headRef: 'topic' });
    await rig.send('POST', `//issues/${number}/comments`, { body: 'x' });
    await rig.send('POST', '//issues', { title: 'x' });
    await rig.send('POST', '//releases', { tag_name: 'v1', name: 'One', body: 'Notes' });
    const { json } = await rig.send('POST', '//deployments', { ref: 'main', environment: 'staging' });
    await rig.send('POST', `//deployments/${json.id}/statuses`, {
      state: 'success',
      log_url: 'http://a.example/',
    });
    await rig.send('POST', '//dispatches', { event_type: 'rows', client_payload: { rows: 3 } });
    const made = await rig.github.addRun({
      path: '.github/workflows/a.yml',
      headSha: head,
      event: 'pull_request',
    });
    await rig.github.finishRun(made.id, 'failure');
    const require = createRequire(import.meta.url);
    const schema = require('@octokit/webhooks-schemas') as {
      definitions: Record<string, object>;
    };
    const ajv = new Ajv({ strict: false, inlineRefs: false, code: { optimize: false } });
    (formats as unknown as (ajv: Ajv) => void)(ajv);
    ajv.addSchema({ $id: 'webhooks', ...schema });
    const problems = rig.github.events.flatMap(({ name, payload }) => {
      const specific = name === 'repository_dispatch' ? undefined : payload['action'];
      const definition = `${name}$${specific ?? 'event'}`;
      expect(schema.definitions, definition).toHaveProperty([definition]);
      const validate = ajv.compile({ $ref: `webhooks#/definitions/${definition}` });
      return validate(payload)
        ? []
        : [`${definition} ${validate.errors!.map((each) => `${each.instancePath} ${each.message}`)}`];
    });
    expect(problems).toEqual([]);
    expect(new Set(rig.github.events.map(({ name }) => name)).size).toBe(10);
  });
});
