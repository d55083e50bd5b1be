import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionFile, actions, actionsPage } from '../../src/actions/index.ts';

const root = new URL('../../', import.meta.url);
const text = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');

describe('the files of the actions', () => {
  it.each(actions.map((action) => [action.name, action] as const))(
    'T1: %s has the action.yml that its code makes, and a main.ts of at most 40 lines',
    async (name, action) => {
      const file = await text(`actions/${name}/action.yml`);
      expect(file).toBe(actionFile(action));
      expect(parse(file).runs).toEqual({ using: 'node24', main: `../dist/bin/action-${name}.js` });
      expect((await text(`actions/${name}/main.ts`)).split('\n').length).toBeLessThanOrEqual(40);
    },
  );

  it('are documented on one page, made of the same code', async () => {
    expect(await text('docs/actions.md')).toBe(actionsPage(actions));
  });

  it('have a folder each, and no folder is without code', async () => {
    const folders = await readdir(new URL('actions/', root), { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory() && !/^(dist|node_modules)$/.test(entry.name));
    expect(names.map(({ name }) => name).sort()).toEqual(actions.map(({ name }) => name).sort());
  });

  it('find in their package the version and the native packages of this one', async () => {
    const own = JSON.parse(await text('actions/package.json'));
    const ours = JSON.parse(await text('package.json'));
    expect(own.version).toBe(ours.version);
    for (const [name, version] of Object.entries(own.dependencies))
      expect(ours.dependencies[name]).toBe(version);
    const site = JSON.parse(await text('actions/site/package.json'));
    expect(site.version).toBe(ours.version);
    expect(site.dependencies).toMatchObject(own.dependencies);
    for (const [name, version] of Object.entries(site.dependencies))
      expect(ours.dependencies[name] ?? ours.peerDependencies[name]).toBe(version);
  });
});
