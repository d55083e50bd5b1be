import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../src/pipeline/index.ts';
import { openRuns } from '../../src/runs/index.ts';
import { writeData } from '../../src/site/write-data.ts';
import { openStore } from '../../src/store/index.ts';
import { value } from '../pipeline/rig.ts';
import { run } from './rig/yard.ts';

describe('the site of a folder that is in no Git repository', () => {
  it('has its runs, and says that it can have no models', async () => {
    const root = await mkdtemp(join(tmpdir(), 'trainyard-no-git-'));
    try {
      await writeFile(join(root, 'trainyard.yaml'), 'version: 1\n');
      const runs = openRuns({ repository: undefined, branch: 'trainyard/runs', root });
      value(await runs.write(run(1)));
      const told = value(
        await writeData({
          sources: {
            root,
            project: value(await loadProject(root)),
            repository: undefined,
            runs,
            ledger: undefined,
            openStore: () => openStore('file:.trainyard/store', { root, env: {} }),
          },
          settings: { title: 'Hearts', base: '/' },
          folder: join(root, 'site/data'),
          now: new Date(0),
          progress: () => undefined,
        }),
      );
      expect(told.runs).toMatchObject({ total: 1 });
      expect(told.missing).toEqual(['models: they are tags of a Git repository, and this folder is in none']);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
