import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Received } from '../../../src/commands/index.ts';
import { processEffects, receive } from '../../../src/commands/index.ts';
import { badGateway, meanwhile } from '../../github/fake/index.ts';
import type { GithubRig } from '../../github/rig.ts';
import { githubRig, repository } from '../../github/rig.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: visits
name: Visits
version: 1.0.0
status: active
schema:
  - name: visits
    properties:
      - { name: id, logicalType: string, required: true, primaryKey: true }
      - { name: age, logicalType: integer, required: true, logicalTypeOptions: { minimum: 0, maximum: 130 } }
`;
const pipeline = (name: string, received: string, file = 'data/visits.csv'): string => `version: 1
name: ${name}
on: { dispatch: ${received} }
data:
  visits: { path: "${file}", contract: ../visits.odcs.yaml }
steps:
  validate: { uses: validate, with: { data: visits } }
`;
const csv = 'age,id\n34,a1\n';

/** A project in a clone below `project`, on a branch of the fake of GitHub. */
async function open(files: Readonly<Record<string, string>>): Promise<GithubRig> {
  const rig = await githubRig();
  const all = {
    ...{ 'trainyard.yaml': 'version: 1\n', 'data/visits.csv': csv, 'pipelines/visits.odcs.yaml': contract },
    ...files,
  };
  for (const [path, text] of Object.entries(all)) await rig.write(`work/project/${path}`, text);
  await rig.git('work', 'add', '.');
  await rig.git('work', 'commit', '-q', '-m', 'Begin');
  await rig.git('work', 'push', '-q', 'origin', 'main');
  return rig;
}

async function send(rig: GithubRig, payload: unknown, env: Readonly<Record<string, string>> = {}) {
  const { signal } = new AbortController();
  const environment = {
    ...rig.environment,
    ...{ GITHUB_TOKEN: 'good', GITHUB_REPOSITORY: repository, GITHUB_API_URL: rig.github.origin },
    ...{ GITHUB_REF: 'refs/heads/main', GITHUB_ACTOR: 'robot[bot]', GITHUB_RUN_ID: '77' },
    ...env,
  };
  const effects = processEffects({ cwd: `${rig.path}/work/project`, env: environment, signal });
  return await receive({ payload, event: 'trainyard' }, effects);
}

function value(answer: Awaited<ReturnType<typeof receive>>): Received {
  if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
  return answer.value!;
}

const codes = (answer: Awaited<ReturnType<typeof receive>>): readonly string[] =>
  answer.ok ? ['taken'] : answer.failure.map(({ code }) => code);
const show = (rig: GithubRig, what: string): Promise<string> => rig.git('origin.git', 'show', what);
const data = (...rows: readonly unknown[]): unknown => ({ data: { dataset: 'visits', rows } });
const byRows = '{ data: { visits: { rows: true } } }';

describe('rows of an event', () => {
  it('T3: become a commit of the branch that says what, from whom, and how many; sent again they are none', async () => {
    await using rig = await open({ 'pipelines/clinic/pipeline.yaml': pipeline('clinic', byRows) });
    const received = value(await send(rig, data({ id: 'a2', age: 40 }, { id: 'a1', age: 34 })));
    expect(received).toEqual({
      ...{ dataset: 'visits', pipelines: ['clinic'], taken: 1, skipped: 1, total: 2, branch: 'main' },
      ...{ path: 'project/data/visits.csv', commit: await rig.git('origin.git', 'rev-parse', 'main') },
    });
    expect(await show(rig, 'main:project/data/visits.csv')).toBe(`${csv}40,a2`);
    expect(await rig.git('origin.git', 'log', '-1', '--format=%B', 'main')).toBe(
      `Add 1 row to visits

Sent by the event trainyard of robot[bot], and taken as the contract of the dataset allows.
1 more were there already, with the same values.
Workflow run: 77`,
    );
    // The clone is older than the branch now.
    const again = value(await send(rig, data({ id: 'a2', age: 40 })));
    expect(again).toMatchObject({ taken: 0, skipped: 1, commit: received.commit });
    expect(again.path).toBeUndefined();
    expect(await rig.git('work', 'status', '--porcelain')).toBe('');
  });

  it('T3: are judged anew against what somebody else wrote meanwhile, and both are kept', async () => {
    await using rig = await open({ 'pipelines/clinic/pipeline.yaml': pipeline('clinic', byRows) });
    const overtake = async (): Promise<void> => {
      await rig.git('.', 'clone', '-q', 'origin.git', 'other');
      await rig.write('other/project/data/visits.csv', `${csv}50,a5\n40,a2\n`);
      await rig.git('other', 'commit', '-q', '-a', '-m', 'Somebody else');
      await rig.git('other', 'push', '-q', 'origin', 'main');
    };
    rig.github.world.faults.push(meanwhile('graphql', overtake));
    const rows = [
      { id: 'a2', age: 40 },
      { id: 'a3', age: 41 },
    ];
    expect(value(await send(rig, data(...rows)))).toMatchObject({ taken: 1, skipped: 1, total: 4 });
    expect(await show(rig, 'main:project/data/visits.csv')).toBe(`${csv}50,a5\n40,a2\n41,a3`);
    rig.github.world.faults.push(badGateway('after'));
    const unclear = value(await send(rig, data({ id: 'a9', age: 9 })));
    expect(unclear).toMatchObject({ taken: 1, skipped: 0, path: 'project/data/visits.csv' });
    expect(await rig.git('origin.git', 'log', '--format=%s', '-2', 'main')).toBe(
      'Add 1 row to visits\nAdd 1 row to visits',
    );
  });

  it('P4: write nothing when one is refused, when nobody allows it, or when it is not clear what is meant', async () => {
    await using rig = await open({
      'pipelines/clinic/pipeline.yaml': pipeline('clinic', byRows),
      'pipelines/closed/pipeline.yaml': pipeline('closed', '{}'),
      'pipelines/other/pipeline.yaml': pipeline('other', byRows, 'data/other.csv'),
      'data/other.csv': csv,
      'pipelines/remote/pipeline.yaml': pipeline(
        'remote',
        '{ data: { visits: { addresses: ["https://data.example.org/a/"] } } }',
      ),
    });
    const before = await rig.git('origin.git', 'rev-parse', 'main');
    const row = { id: 'a2', age: 40 };
    const to = (pipelines: readonly string[], ...rows: readonly unknown[]): unknown => ({
      ...{ pipelines, data: { dataset: 'visits', rows } },
    });
    const at = (address: string): unknown => ({
      pipelines: ['remote'],
      data: { dataset: 'visits', address },
    });
    const cases: readonly (readonly [unknown, string])[] = [
      [to(['clinic'], row, { id: 'a3', age: 131 }), 'data-addition-refused'],
      [to(['clinic'], row, { id: 'a1', age: 35 }), 'data-addition-conflict'],
      [to(['closed'], row), 'commands-receive-forbidden'],
      [to(['remote'], row), 'commands-receive-forbidden'],
      [to(['nowhere'], row), 'commands-pipeline-unknown'],
      [to(['clinic', 'other'], row), 'commands-receive-ambiguous'],
      [to([], row), 'commands-receive-ambiguous'],
      [{ pipelines: ['clinic'], data: { dataset: 'patients', rows: [row] } }, 'commands-receive-forbidden'],
      [
        { pipelines: ['clinic'], data: { dataset: 'visits', address: 'https://data.example.org/a/b.csv' } },
        'commands-receive-forbidden',
      ],
      ...['https://data.example.org/b.csv', 'https://data.example.org/a/../b.csv', 'file:///etc/passwd'].map(
        (address) => [at(address), 'commands-receive-address'] as const,
      ),
    ];
    for (const [payload, code] of cases)
      expect([payload, ...codes(await send(rig, payload))]).toEqual([payload, code]);
    const tag = { GITHUB_REF: 'refs/tags/v1' };
    expect(codes(await send(rig, to(['clinic'], row), tag))).toEqual(['commands-receive-elsewhere']);
    const reader = { GITHUB_TOKEN: rig.github.token('reader', { permissions: { contents: 'read' } }) };
    expect(codes(await send(rig, to(['clinic'], row), reader))).toEqual(['github-denied']);
    expect(await rig.git('origin.git', 'rev-parse', 'main')).toBe(before);
    expect(await send(rig, { pipelines: ['clinic'] })).toEqual({ ok: true, value: undefined });
  });

  it('T3: come from an address within its bounds, with its digest, into a new file of a glob', async () => {
    const text = 'id,age\na2,40\na1,34\n';
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      if (request.url === '/a/large.csv') response.end('x'.repeat(3_000));
      else if (request.url === '/a/sent.csv') response.writeHead(302, { location: '/b/x.csv' }).end();
      else if (request.url === '/a/plain') response.end(text);
      else response.writeHead(200, { 'content-type': 'text/csv' }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const received = `{ data: { visits: { addresses: ["${origin}/a/"], max-size: 2 KiB } } }`;
    await using rig = await open({
      'pipelines/clinic/pipeline.yaml': pipeline('clinic', received, 'data/visits*.csv'),
    });
    const from = (path: string, sha256?: string): unknown => ({
      data: { dataset: 'visits', address: `${origin}${path}`, ...(sha256 === undefined ? {} : { sha256 }) },
    });
    try {
      expect(codes(await send(rig, from('/a/large.csv')))).toEqual(['store-download-large']);
      expect(codes(await send(rig, from('/a/sent.csv')))).toEqual(['store-download-elsewhere']);
      expect(codes(await send(rig, from('/a/plain')))).toEqual(['commands-receive-format']);
      expect(codes(await send(rig, from('/a/x.csv', 'f'.repeat(64))))).toEqual(['commands-receive-digest']);
      expect(asked).not.toContain('/b/x.csv');
      const sha256 = createHash('sha256').update(text).digest('hex');
      const got = value(await send(rig, from('/a/rows?signature=secret', sha256)));
      expect(got).toMatchObject({ taken: 1, skipped: 1, total: 2, address: `${origin}/a/rows` });
      expect(got.path).toMatch(/^project\/data\/visitsreceived-[0-9a-f]{16}\.csv$/);
      expect(await show(rig, `main:${got.path}`)).toBe('age,id\n40,a2');
      expect(await rig.git('origin.git', 'log', '-1', '--format=%B', 'main')).not.toContain('secret');
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
