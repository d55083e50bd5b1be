import { describe, expect, test } from 'vitest';
import type { ObjectId, OpenOptions, Remote, Repository } from '../../src/git/index.ts';
import type { GitServer } from '../rig/git-server.ts';
import { gitServer } from '../rig/git-server.ts';
import type { GitRig } from './rig.ts';
import { gitRig, value } from './rig.ts';

export interface RemoteCase {
  readonly name: string;
  readonly engine: NonNullable<OpenOptions['engine']>;
  /** Leaves out what takes long, where another case shows it. */
  readonly brief?: boolean;
  /** `undefined`: a folder. */
  readonly http?: { readonly noProtocol2?: boolean };
}

/** A bare repository `origin.git` with one commit on `main`, and clones of it. */
export interface RemoteRig extends GitRig {
  readonly first: ObjectId;
  readonly url: string;
  readonly server: GitServer | undefined;
  clone(folder: string, options?: OpenOptions): Promise<{ repository: Repository; remote: Remote }>;
}

export async function remoteRig({ engine, http }: RemoteCase): Promise<RemoteRig> {
  const rig = await gitRig();
  const server = http === undefined ? undefined : await gitServer({ root: rig.path });
  if (http?.noProtocol2 === true) server!.behaviour.noProtocol2 = true;
  const first = await rig.repository('work');
  await rig.git('.', 'clone', '-q', '--bare', 'work', 'origin.git');
  const url = server?.url('origin.git') ?? `file://${rig.path}/origin.git`;
  return {
    ...rig,
    first,
    url,
    server,
    clone: async (folder, options = {}) => {
      await rig.git('.', 'clone', '-q', `file://${rig.path}/origin.git`, folder);
      await rig.git(folder, 'remote', 'set-url', 'origin', url);
      const repository = await rig.open(folder, engine, options);
      return { repository, remote: value(await repository.remote())! };
    },
    [Symbol.asyncDispose]: async () => {
      await server?.[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

const time = new Date('2026-11-21T03:15:00Z');

/** A commit of one file on top of another, that no ref leads to. */
export async function commitOn(
  repository: Repository,
  parent: ObjectId | undefined,
  path: string,
): Promise<ObjectId> {
  const add = [{ path, bytes: Buffer.from(`${path}\n`) }];
  return value(await repository.writeCommit({ parent, add, message: `add ${path}`, time }));
}

export async function tagOn(repository: Repository, target: ObjectId, name: string): Promise<ObjectId> {
  return value(await repository.writeTag({ name, target, message: `{"tag":"${name}"}`, time }));
}

const done = { kind: 'done' };

/** In place of a test that another case shows. */
const notHere = (): void => undefined;

export function remoteContract(contract: RemoteCase): void {
  const testInFull: typeof test = contract.brief === true ? (notHere as unknown as typeof test) : test;
  describe(`a remote: ${contract.name}`, () => {
    test('says what its refs below some prefixes point to, and hides credentials', async () => {
      await using rig = await remoteRig(contract);
      const { repository, remote } = await rig.clone('a');
      expect(remote.url).toBe(rig.url);
      const tag = await tagOn(repository, rig.first, 'm@v1.0.0');
      const other = await tagOn(repository, rig.first, 'm#staging#2');
      const push = await remote.push([
        { ref: 'refs/tags/m@v1.0.0', before: undefined, after: tag },
        { ref: 'refs/tags/m#staging#2', before: undefined, after: other },
        { ref: 'refs/trainyard/registry/m', before: undefined, after: other },
      ]);
      expect(value(push)).toEqual(done);
      expect(value(await remote.list(['refs/tags/']))).toEqual([
        { name: 'refs/tags/m#staging#2', id: other },
        { name: 'refs/tags/m@v1.0.0', id: tag },
      ]);
      expect(value(await remote.list(['refs/tags/m@', 'refs/trainyard/']))).toEqual([
        { name: 'refs/tags/m@v1.0.0', id: tag },
        { name: 'refs/trainyard/registry/m', id: other },
      ]);
      expect(value(await remote.list(['refs/nothing/']))).toEqual([]);
      expect(value(await remote.list([]))).toEqual([]);
      expect(value(await repository.remote('elsewhere'))).toBeUndefined();
      expect(await repository.remote('--upload-pack=touch x')).toMatchObject({
        failure: { code: 'git-remote-name-invalid' },
      });
      await rig.git('a', 'remote', 'set-url', 'origin', 'https://ada:secret@example.org/r.git?x=secret');
      expect(value(await repository.remote())!.url).toBe('https://example.org/r.git');
      expect(await rig.git('origin.git', 'fsck', '--strict', '--no-dangling')).toBe('');
    });

    test('brings what is new, what has changed, and leaves out what is not there', async () => {
      await using rig = await remoteRig(contract);
      const a = await rig.clone('a');
      const b = await rig.clone('b');
      const wish = [
        { from: 'refs/heads/runs', to: 'refs/remotes/origin/runs' },
        { from: 'refs/tags/m*', to: 'refs/tags/m*' },
      ];
      value(await b.remote.fetch(wish));
      expect(value(await b.repository.listRefs('refs/remotes/origin/runs'))).toEqual([]);
      const one = await commitOn(a.repository, undefined, 'runs/1.json');
      const two = await commitOn(a.repository, one, 'runs/2.json');
      const tag = await tagOn(a.repository, rig.first, 'm@v1');
      const tips = async () =>
        Object.fromEntries(
          value(await b.repository.listRefs('refs/')).map(({ name, id }) => [name.slice(5), id]),
        );
      value(
        await a.remote.push([
          { ref: 'refs/heads/runs', before: undefined, after: one },
          { ref: 'refs/tags/m@v1', before: undefined, after: tag },
          { ref: 'refs/tags/other', before: undefined, after: rig.first },
        ]),
      );
      value(await b.remote.fetch(wish));
      expect(await tips()).toMatchObject({ 'remotes/origin/runs': one, 'tags/m@v1': tag });
      expect(await tips()).not.toHaveProperty('tags/other');
      expect(value(await b.repository.readTag('m@v1'))).toMatchObject({ message: '{"tag":"m@v1"}' });
      value(await a.remote.push([{ ref: 'refs/heads/runs', before: one, after: two }]));
      value(await b.remote.fetch(wish));
      expect(await tips()).toMatchObject({ 'remotes/origin/runs': two });
      const files = value(await b.repository.listFiles(two, ''));
      expect(files.map(({ path }) => path)).toEqual(['runs/1.json', 'runs/2.json']);
      // Moved back, and moved to something else: the copy follows.
      value(await a.remote.push([{ ref: 'refs/heads/runs', before: two, after: one }]));
      const moved = await tagOn(a.repository, one, 'm@v1');
      value(await a.remote.push([{ ref: 'refs/tags/m@v1', before: tag, after: moved }]));
      value(await b.remote.fetch(wish));
      expect(await tips()).toMatchObject({ 'remotes/origin/runs': one, 'tags/m@v1': moved });
      expect(await rig.git('b', 'fsck', '--strict', '--no-dangling')).toBe('');
      expect(await rig.git('b', 'status', '--porcelain')).toBe('');
    });

    testInFull('brings a thousand tags', { timeout: 60_000 }, async () => {
      await using rig = await remoteRig(contract);
      const { repository, remote } = await rig.clone('a');
      await rig.manyTags('origin.git', 1000);
      value(await remote.fetch([{ from: 'refs/tags/*', to: 'refs/tags/*' }]));
      const tags = value(await repository.readTags('m#'));
      expect(tags).toHaveLength(1000);
      expect(tags[0]).toMatchObject({ message: '{"n":1}', target: rig.first });
      value(await remote.fetch([{ from: 'refs/tags/*', to: 'refs/tags/*' }]));
      expect(await rig.git('a', 'fsck', '--no-dangling')).toBe('');
    });

    test('moves refs: makes, changes, takes back, and deletes', async () => {
      await using rig = await remoteRig(contract);
      const { repository, remote } = await rig.clone('a');
      const one = await commitOn(repository, rig.first, 'one');
      const other = await commitOn(repository, rig.first, 'deep/er/other');
      const ref = 'refs/heads/x';
      expect(value(await remote.push([]))).toEqual(done);
      expect(value(await remote.push([{ ref, before: undefined, after: one }]))).toEqual(done);
      expect(value(await remote.push([{ ref, before: one, after: other }]))).toEqual(done);
      expect(value(await remote.list([ref]))).toEqual([{ name: ref, id: other }]);
      expect(value(await remote.push([{ ref, before: other, after: rig.first }]))).toEqual(done);
      expect(
        value(
          await remote.push([
            { ref, before: rig.first, after: undefined },
            { ref: 'refs/heads/y', before: undefined, after: one },
          ]),
        ),
      ).toEqual(done);
      expect(value(await remote.list(['refs/heads/']))).toEqual([
        { name: 'refs/heads/main', id: rig.first },
        { name: 'refs/heads/y', id: one },
      ]);
      expect(await rig.git('origin.git', 'fsck', '--strict', '--no-dangling')).toBe('');
      expect(await rig.git('origin.git', 'show', `${one}:one`)).toBe('one');
    });

    test('moves none when one of them is not what was expected, and says which', async () => {
      await using rig = await remoteRig(contract);
      const { repository, remote } = await rig.clone('a');
      const one = await tagOn(repository, rig.first, 'm#1');
      const two = await tagOn(repository, rig.first, 'm#2');
      const three = await tagOn(repository, rig.first, 'm#3');
      value(await remote.push([{ ref: 'refs/trainyard/m', before: undefined, after: one }]));
      const attempts = [
        { before: undefined, after: two },
        { before: three, after: two },
        { before: two, after: undefined },
      ];
      for (const attempt of attempts) {
        const answer = await remote.push([
          { ref: 'refs/tags/m#2', before: undefined, after: two },
          { ref: 'refs/trainyard/m', ...attempt },
        ]);
        expect(value(answer)).toEqual({ kind: 'lost', refs: ['refs/trainyard/m'] });
      }
      const gone = await remote.push([{ ref: 'refs/tags/never', before: two, after: undefined }]);
      expect(value(gone)).toEqual({ kind: 'lost', refs: ['refs/tags/never'] });
      const again = await remote.push([{ ref: 'refs/trainyard/m', before: undefined, after: one }]);
      expect(value(again)).toEqual({ kind: 'lost', refs: ['refs/trainyard/m'] });
      expect(value(await remote.list(['refs/tags/', 'refs/trainyard/']))).toEqual([
        { name: 'refs/trainyard/m', id: one },
      ]);
    });

    testInFull('lets exactly one of 20 win each round', { timeout: 60_000 }, async () => {
      await using rig = await remoteRig(contract);
      const { repository, remote } = await rig.clone('a');
      const ref = 'refs/trainyard/m';
      let before: ObjectId | undefined;
      // The command starts a dozen processes a push.
      const rounds = contract.engine === 'library' ? 2 : 1;
      for (let round = 1; round <= rounds; round++) {
        const afters = await Promise.all(
          Array.from({ length: 20 }, (_, i) => tagOn(repository, rig.first, `m#${round}-${i}`)),
        );
        const answers = await Promise.all(
          afters.map((after, i) =>
            remote.push([
              { ref, before, after },
              { ref: `refs/tags/m#${round}-${i}`, before: undefined, after },
            ]),
          ),
        );
        const kinds = answers.map((answer) => value(answer).kind);
        expect(kinds.filter((kind) => kind === 'done')).toHaveLength(1);
        before = afters[kinds.indexOf('done')];
        expect(value(await remote.list([ref]))).toEqual([{ name: ref, id: before }]);
        expect(value(await remote.list([`refs/tags/m#${round}-`]))).toHaveLength(1);
      }
    });

    testInFull('gives the words of a server that refuses', async () => {
      await using rig = await remoteRig(contract);
      const { repository, remote } = await rig.clone('a');
      await rig.hook('origin.git', 'pre-receive', 'echo "tags are for release managers" >&2; exit 1');
      const after = await commitOn(repository, rig.first, 'x');
      const answer = await remote.push([{ ref: 'refs/heads/x', before: undefined, after }]);
      expect(answer).toMatchObject({ failure: { code: 'git-push-refused', kind: 'world' } });
      if (answer.ok) throw new Error('not refused');
      expect(answer.failure.message).toContain('refs/heads/x');
      expect(answer.failure.message).toContain('pre-receive hook declined');
      expect(answer.failure.message).toContain('tags are for release managers');
      expect(value(await remote.list(['refs/heads/x']))).toEqual([]);
    });

    testInFull('refuses names that are no refs, before anything is asked', async () => {
      await using rig = await remoteRig(contract);
      const { remote } = await rig.clone('a');
      const names = ['refs/tags/../../x', 'HEAD', 'refs/heads/a b', 'refs/tags/x.lock', '--all', 'refs/x'];
      for (const name of names) {
        const push = await remote.push([{ ref: name, before: undefined, after: rig.first }]);
        expect(push, name).toMatchObject({ failure: { code: 'git-ref-name-invalid' } });
        for (const pair of [
          { from: name, to: 'refs/tags/x' },
          { from: 'refs/tags/x', to: name },
        ]) {
          expect(await remote.fetch([pair]), name).toMatchObject({
            failure: { code: 'git-ref-name-invalid' },
          });
        }
      }
      expect(await remote.fetch([{ from: 'refs/tags/*', to: 'refs/tags/x' }])).toMatchObject({
        failure: { code: 'git-ref-name-invalid' },
      });
    });

    testInFull('says that there is no repository', async () => {
      await using rig = await remoteRig(contract);
      const { repository } = await rig.clone('a');
      await rig.git('a', 'remote', 'set-url', 'origin', `${rig.url}-not`);
      const remote = value(await repository.remote())!;
      expect(await remote.list(['refs/'])).toMatchObject({ failure: { code: 'git-remote-not-found' } });
    });
  });
}
