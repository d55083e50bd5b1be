import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  compareCommits,
  dispatchRepository,
  dispatchWorkflow,
  downloadArtifact,
  findPull,
  getPull,
  openGithub,
  pullFiles,
  pullOfCommit,
  upsertComment,
  upsertIssue,
  upsertRelease,
} from '../../src/github/index.ts';
import { value } from '../git/rig.ts';
import { badGateway, brokenConnection, makeZip } from './fake/index.ts';
import type { GithubRig } from './rig.ts';
import { githubRig, repository } from './rig.ts';

describe('the pull request of a workflow run (P4)', () => {
  test('is found by head and repository, of a fork too, and never by what the fork says', async () => {
    await using rig = await githubRig();
    const headSha = await rig.branch('topic', 'b.txt', 'b\n');
    await rig.github.fork('eve/hearts');
    const own = await rig.github.openPull('ada', { headRef: 'topic' });
    const forked = await rig.github.openPull('eve', { headRepository: 'eve/hearts', headRef: 'topic' });
    const access = await rig.access({ 'pull-requests': 'read' });
    const find = async (headRepository: string, head = headSha, headBranch?: string) => {
      const options = { headSha: head, headRepository, ...(headBranch === undefined ? {} : { headBranch }) };
      const found = value(await findPull(access, options));
      return found.kind === 'none' ? found.kind : `${found.kind} ${found.pull.number}`;
    };
    expect(await find(repository)).toBe(`found ${own.number}`);
    expect(await find('eve/hearts')).toBe(`found ${forked.number}`);
    expect(await find('Eve/Hearts', headSha, 'topic')).toBe(`found ${forked.number}`);
    expect(await find('mallory/hearts')).toBe('none');
    expect(await find('eve/hearts', 'a'.repeat(40), 'topic')).toBe(`moved ${forked.number}`);
    expect(value(await getPull(access, forked.number))).toMatchObject({
      headRepository: 'eve/hearts',
      author: 'eve',
      isOpen: true,
      baseBranch: 'main',
    });
    rig.github.world.issues.get(forked.number)!.state = 'closed';
    expect(await find('eve/hearts')).toBe('none');
    expect(await getPull(access, 99)).toMatchObject({ failure: { code: 'github-not-found' } });
  });

  test('is found by a commit that it brought, while it is open and once it is merged', async () => {
    await using rig = await githubRig();
    const access = await rig.access({ 'pull-requests': 'read', contents: 'read' });
    const first = await rig.branch('topic', 'b.txt', 'b\n');
    const open = await rig.github.openPull('ada', { headRef: 'topic' });
    const numberOf = async (commit: string) => value(await pullOfCommit(access, commit))?.number;
    expect(await numberOf(first)).toBe(open.number);
    const merged = await rig.github.mergePull('octocat', open.number);
    expect(await numberOf(merged)).toBe(open.number);
    expect(await numberOf(await rig.git('work', 'rev-parse', 'main'))).toBeUndefined();
    expect(await pullOfCommit(access, 'f'.repeat(40))).toMatchObject({ ok: false });
    const poor = await rig.access({});
    expect(await pullOfCommit(poor, merged)).toMatchObject({
      failure: { code: 'github-denied', remedy: expect.stringContaining('pull-requests: read') },
    });
  });

  test('has its files and its merge base, over pages and from a shallow clone', async () => {
    await using rig = await githubRig();
    const base = await rig.git('work', 'rev-parse', 'main');
    for (let i = 0; i < 120; i++) await rig.write(`work/data/${i}.csv`, `${i}\n`);
    await rig.branch('topic', 'a.txt', 'other\n');
    const { number } = await rig.github.openPull('ada', { headRef: 'topic' });
    const access = await rig.access({ 'pull-requests': 'read', contents: 'read' });
    const { files, isComplete } = value(await pullFiles(access, number));
    expect([files.length, isComplete]).toEqual([121, true]);
    expect(files.find(({ path }) => path === 'a.txt')).toMatchObject({
      status: 'modified',
      patch: '@@ -1 +1 @@\n-a\n+other',
    });
    expect(value(await compareCommits(access, { base: 'main', head: 'topic' }))).toEqual({
      mergeBase: base,
      status: 'ahead',
      aheadBy: 1,
      behindBy: 0,
    });
    expect(value(await compareCommits(access, { base: 'main', head: 'nowhere' }))).toBeUndefined();
  });
});

test('a release is made for a tag that is there, and written anew in place', async () => {
  await using rig = await githubRig();
  const tag = 'heart-disease@v1.0.0';
  const access = await rig.access({ contents: 'write' });
  const keep = async (notes: string) =>
    await upsertRelease(access, { tag, name: 'Heart disease 1.0.0', notes });
  expect(await keep('card')).toMatchObject({ failure: { code: 'github-not-found' } });
  await rig.git('work', 'tag', '-a', '-m', '{}', tag);
  await rig.git('work', 'push', '-q', 'origin', tag);
  rig.github.world.faults.push(badGateway('after', 'repos/create-release'));
  const made = value(await keep('card'));
  expect(made.kind).toBe('created');
  expect(value(await keep('card'))).toEqual({ ...made, kind: 'same' });
  expect(value(await keep('new card'))).toEqual({ ...made, kind: 'updated' });
  expect([...rig.github.world.releases.values()].map(({ body }) => body)).toEqual(['new card']);
  expect(await rig.git('origin.git', 'cat-file', '-t', tag)).toBe('tag');
  expect(await keep('x'.repeat(125_001))).toMatchObject({ failure: { code: 'github-too-large' } });
});

describe('dispatches', () => {
  test('carry a payload, within the limits, and are sent once', async () => {
    await using rig = await githubRig();
    const access = await rig.access({ contents: 'write', actions: 'write' });
    const send = async (payload: Readonly<Record<string, string>>, event = 'rows') =>
      await dispatchRepository(access, { event, payload });
    expect(await send({ address: 's3://a/b' })).toEqual({ ok: true, value: undefined });
    expect(rig.github.events.at(-1)).toMatchObject({
      name: 'repository_dispatch',
      startsWorkflows: true,
      payload: { action: 'rows', client_payload: { address: 's3://a/b' } },
    });
    const asked = rig.github.seen.length;
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, '']));
    expect(await send({ rows: 'x'.repeat(65_536) })).toMatchObject({ failure: { code: 'github-too-large' } });
    expect(await send(eleven)).toMatchObject({ failure: { code: 'github-too-large' } });
    expect(await send({}, 'x'.repeat(101))).toMatchObject({ failure: { code: 'github-refused' } });
    expect(rig.github.seen).toHaveLength(asked);
    rig.github.world.faults.push(badGateway('after'));
    expect(await send({})).toMatchObject({ failure: { code: 'github-maybe-done' } });
    expect(rig.github.seen).toHaveLength(asked + 1);
    const workflow = { workflow: 'none.yml', ref: 'main', inputs: {} };
    expect(await dispatchWorkflow(access, workflow)).toMatchObject({ failure: { code: 'github-not-found' } });
  });
});

describe('an artifact, which a fork may have made (P4)', () => {
  const json = Buffer.from('{"version":1}');
  const file = 'pull-report.json';

  async function download(rig: GithubRig, zip: Uint8Array, mostBytes = 1_000_000) {
    const headSha = await rig.git('work', 'rev-parse', 'HEAD');
    const run = await rig.github.addRun({ path: '.github/workflows/a.yml', headSha });
    rig.github.addArtifact({ run: run.id, name: 'report', zip });
    const access = await rig.access({ actions: 'read' });
    return await downloadArtifact(access, { run: run.id, name: 'report', file, mostBytes });
  }

  test('is read from another origin, which never sees the token', async () => {
    await using rig = await githubRig();
    rig.github.world.faults.push(badGateway('before', 'actions/list-workflow-run-artifacts'));
    const bytes = value(await download(rig, makeZip([{ name: file, bytes: json }])));
    expect(Buffer.from(bytes)).toEqual(json);
    expect(rig.github.leaks).toEqual([]);
  });

  test('is refused when it holds anything but the one file', async () => {
    await using rig = await githubRig();
    for (const [held, entries] of [
      ['another file', [{ name: 'other.json', bytes: json }]],
      [
        'two files',
        [
          { name: file, bytes: json },
          { name: 'b', bytes: json },
        ],
      ],
      [
        'the file twice',
        [
          { name: file, bytes: json },
          { name: file, bytes: json },
        ],
      ],
      ['no file', []],
      ['a way out of the folder', [{ name: `../${file}`, bytes: json }]],
      ['an absolute path', [{ name: `/${file}`, bytes: json }]],
      ['a folder', [{ name: `a/${file}`, bytes: json }]],
      ['a drive', [{ name: `C:\\${file}`, bytes: json }]],
      ['a wrong checksum', [{ name: file, bytes: json, claimedCrc: 7 }]],
      ['a size that is not true', [{ name: file, bytes: json, claimedSize: 5 }]],
      ['encryption', [{ name: file, bytes: json, encrypted: true }]],
    ] as const) {
      const refused = { failure: { code: 'github-artifact-broken' } };
      expect(await download(rig, makeZip(entries)), held).toMatchObject(refused);
    }
  });

  test('is refused when it is no ZIP, or ends too soon', async () => {
    await using rig = await githubRig();
    const broken = { failure: { code: 'github-artifact-broken' } };
    expect(await download(rig, Buffer.from('no zip at all'))).toMatchObject(broken);
    const zip = makeZip([{ name: file, bytes: json }]);
    expect(await download(rig, zip.subarray(0, zip.length - 5))).toMatchObject(broken);
  });

  test('does not burst: a bomb is stopped by its size, and one that lies by its bytes', async () => {
    await using rig = await githubRig();
    const bytes = Buffer.alloc(50_000_000);
    const large = { failure: { code: 'github-too-large' } };
    expect(await download(rig, makeZip([{ name: file, bytes }]))).toMatchObject(large);
    const lying = await download(rig, makeZip([{ name: file, bytes, claimedSize: 10 }]));
    expect(lying).toMatchObject({ ok: false });
    const noise = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 251));
    expect(await download(rig, makeZip([{ name: file, bytes: noise }]), 50)).toMatchObject(large);
  });

  test('is missing when it has expired or was never there, and a broken download says so', async () => {
    await using rig = await githubRig();
    const headSha = await rig.git('work', 'rev-parse', 'HEAD');
    const run = await rig.github.addRun({ path: '.github/workflows/a.yml', headSha });
    const access = await rig.access({ actions: 'read' });
    const get = async () =>
      await downloadArtifact(access, { run: run.id, name: 'report', file, mostBytes: 1_000 });
    expect(await get()).toMatchObject({ failure: { code: 'github-artifact-missing' } });
    const made = rig.github.addArtifact({
      run: run.id,
      name: 'report',
      zip: makeZip([{ name: file, bytes: json }]),
    });
    rig.github.world.faults.push({ ...brokenConnection('mid-answer'), on: 'blob' });
    expect(await get()).toMatchObject({ failure: { code: 'github-unreachable' } });
    made.expired = true;
    expect(await get()).toMatchObject({ failure: { code: 'github-artifact-missing' } });
    const poor = await rig.access({});
    expect(await downloadArtifact(poor, { run: run.id, name: 'report', file, mostBytes: 1 })).toMatchObject({
      failure: { code: 'github-denied', remedy: expect.stringContaining('permissions: actions: read') },
    });
  });
});

test('the token goes to GitHub alone: not where a list, a redirect or an address leads', async () => {
  await using rig = await githubRig();
  const access = await rig.access();
  const asked: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.end('[]');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}/x`;
  const get = { method: 'GET', body: undefined } as const;
  expect(await access.api.call({ ...get, url: address })).toMatchObject({
    failure: { code: 'github-unreachable', message: expect.stringContaining('another server') },
  });
  const { number } = rig.github.addIssue({ title: 'One' });
  const headers = { link: `<${address}>; rel="next"` };
  rig.github.world.faults.push({
    on: 'issues/list-comments',
    when: 'before',
    status: 200,
    headers,
    body: [],
  });
  const kept = { issue: number, marker: '<!-- m -->', body: 'x', author: 'github-actions[bot]' };
  expect(await upsertComment(access, kept)).toMatchObject({ failure: { code: 'github-unreachable' } });
  const moved = { status: 301, headers: { location: address }, body: {} };
  rig.github.world.faults.push({ on: 'repos/get', when: 'before', ...moved });
  expect(await access.api.call({ ...get, url: access.root })).toMatchObject({ ok: true });
  rig.github.world.faults.push({ on: 'issues/create', when: 'before', ...moved });
  const issue = { marker: '<!-- m -->', title: 'x', body: 'x', label: 'y', author: 'ada' };
  expect(await upsertIssue(access, issue)).toMatchObject({ failure: { code: 'github-not-found' } });
  expect(asked).toEqual([undefined]);
  other.closeAllConnections();
  other.close();
});

test('access is not opened without what Actions sets', async () => {
  const sleep = async () => undefined;
  for (const environment of [
    {},
    { GITHUB_TOKEN: 'x', GITHUB_REPOSITORY: 'no slash' },
    { GITHUB_TOKEN: 'x', GITHUB_REPOSITORY: 'a/b', GITHUB_API_URL: 'nowhere' },
  ]) {
    expect(await openGithub({ environment, sleep })).toMatchObject({
      ok: false,
      failure: { code: 'github-setting-missing' },
    });
  }
});
