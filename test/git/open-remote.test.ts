import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRemote } from '../../src/git/index.ts';
import { remoteRig } from './remote-contract.ts';
import { value } from './rig.ts';

const time = new Date('2026-11-21T03:15:00Z');
const everything = [
  { from: 'refs/tags/*', to: 'refs/tags/*' },
  { from: 'refs/trainyard/*', to: 'refs/trainyard/*' },
];

for (const engine of ['auto', 'library'] as const) {
  describe(`a remote without a clone, engine ${engine}`, () => {
    test('gives its tags with the commits they point to, without files and history, and then only what is new', async () => {
      await using rig = await remoteRig({ name: engine, engine, http: {} });
      for (let i = 0; i < 20; i++) {
        await rig.write('work/large.txt', `${i}${'x'.repeat(1000)}`);
        await rig.git('work', 'add', '.');
        await rig.git('work', 'commit', '-q', '-m', `more ${i}`);
      }
      await rig.git('work', 'push', '-q', `${rig.path}/origin.git`, 'main');
      await rig.manyTags('origin.git', 100);
      const scratch = join(rig.path, 'scratch');
      const open = async () =>
        value(await openRemote(rig.url, { scratch, engine, environment: rig.environment }));
      const { repository, remote } = await open();
      expect(repository.workTree).toBeUndefined();
      value(await remote.fetch(everything));
      const tags = value(await repository.readTags('m#production#'));
      expect(tags).toHaveLength(100);
      const tip = await rig.git('origin.git', 'rev-parse', 'main');
      expect(tags[41]).toMatchObject({ target: tip, message: expect.stringMatching(/^\{"n":\d+\}$/) });
      expect(value(await repository.resolve(tags[0]!.name))).toBe(tip);
      expect(await repository.isShallow()).toBe(true);
      const folder = `scratch/${(await readdir(scratch))[0]}`;
      const held = await rig.git(folder, 'cat-file', '--batch-check', '--batch-all-objects');
      const kinds = held.split('\n').map((line) => line.split(' ')[1]);
      expect(kinds.filter((kind) => kind === 'commit')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'tag')).toHaveLength(100);
      expect(kinds).not.toContain('blob');

      rig.server!.seen.length = 0;
      const again = await open();
      value(await again.remote.fetch(everything));
      expect(rig.server!.seen.every(({ received }) => received < 1000)).toBe(true);
      const warm = rig.server!.seen.length;

      await rig.git('origin.git', 'tag', '-a', '-m', 'new', 'm#production#101', 'main~3');
      rig.server!.seen.length = 0;
      value(await again.remote.fetch(everything));
      expect(rig.server!.seen.length).toBeGreaterThan(warm);
      expect(value(await again.repository.readTag('m#production#101'))?.message).toBe('new');
      // No child of the command may come back for more: what is missing stays missing.
      const tree = await rig.git('origin.git', 'rev-parse', 'main^{tree}');
      rig.server!.seen.length = 0;
      expect(await again.repository.readFiles([{ path: 'x', blob: tree }])).toMatchObject({
        failure: { code: 'git-object-missing' },
      });
      expect(rig.server!.seen).toEqual([]);
    });

    test('takes a new tag by compare-and-swap', async () => {
      await using rig = await remoteRig({ name: engine, engine, http: {} });
      await rig.manyTags('origin.git', 3);
      const scratch = join(rig.path, 'scratch');
      const { repository, remote } = value(
        await openRemote(rig.url, { scratch, engine, environment: rig.environment }),
      );
      value(await remote.fetch(everything));
      const target = value(await repository.readTag('m#production#3'))!.target;
      for (const [name, before, kind] of [
        ['m#production#4', undefined, 'done'],
        ['m#production#5', undefined, 'lost'],
      ] as const) {
        const after = value(await repository.writeTag({ name, target, message: '{}', time }));
        const answer = await remote.push([
          { ref: `refs/tags/${name}`, before: undefined, after },
          { ref: 'refs/trainyard/registry/m', before, after },
        ]);
        expect(value(answer).kind).toBe(kind);
      }
      expect(value(await remote.list(['refs/tags/']))).toHaveLength(4);
      expect(await rig.git('origin.git', 'fsck', '--strict')).toBe('');
    });
  });
}

describe('opening a remote by its URL', () => {
  test('refuses what is no URL of a known protocol', async () => {
    await using rig = await remoteRig({ name: 'auto', engine: 'auto' });
    for (const url of [
      'ext::sh -c "touch x"',
      '--upload-pack=x',
      '-x',
      '',
      'fd::3',
      '../origin.git',
      'javascript:1',
    ]) {
      const opened = await openRemote(url, {
        scratch: join(rig.path, 'scratch'),
        environment: rig.environment,
      });
      expect(opened, url).toMatchObject({ failure: { code: 'git-remote-name-invalid' } });
    }
  });

  test('keeps no credential of the URL in the scratch folder', async () => {
    await using rig = await remoteRig({ name: 'auto', engine: 'auto', http: {} });
    rig.server!.behaviour.token = 'tok_3n-secret';
    await rig.manyTags('origin.git', 2);
    const scratch = join(rig.path, 'scratch');
    const url = rig.url.replace('://', '://ada:tok_3n-secret@');
    const { remote } = value(await openRemote(url, { scratch, environment: rig.environment }));
    value(await remote.fetch(everything));
    for (const entry of await readdir(scratch, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      expect(bytes.includes('tok_3n-secret'), entry.name).toBe(false);
    }
  });

  test('works where there is no git command', async () => {
    await using rig = await remoteRig({ name: 'auto', engine: 'auto', http: {} });
    await rig.manyTags('origin.git', 2);
    const environment = { ...rig.environment, PATH: join(rig.path, 'nothing') };
    const { repository, remote } = value(
      await openRemote(rig.url, { scratch: join(rig.path, 'scratch'), environment }),
    );
    value(await remote.fetch(everything));
    expect(value(await repository.readTags(''))).toHaveLength(2);
  });
});
