import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportWeb } from '../../src/embed/index.ts';
import { timesModel } from '../deploy/image/models.ts';

async function exported(model: string, folder: string) {
  const { versions } = await timesModel(model, 2);
  return await exportWeb({ servable: versions[0]!.folder, folder, cwd: process.cwd() });
}

const scratch = (): string => join(mkdtempSync(join(tmpdir(), 'trainyard-web-')), 'out');

it('replaces an export, and nothing that somebody has put beside it', async () => {
  const folder = scratch();
  expect(await exported('times', folder)).toMatchObject({ ok: true, value: { module: 'times.js' } });
  expect((await exported('times', folder)).ok).toBe(true);
  writeFileSync(join(folder, 'app.js'), 'weeks of work');
  expect(await exported('times', folder)).toMatchObject({ failure: [{ code: 'embed-folder-taken' }] });
  expect(readFileSync(join(folder, 'app.js'), 'utf8')).toBe('weeks of work');
});

it.each(['runtime', 'Example'])('gives a model called %s a module of its own', async (model) => {
  const folder = scratch();
  const module = `${model}-model.js`;
  expect(await exported(model, folder)).toMatchObject({ ok: true, value: { module } });
  expect(readFileSync(join(folder, module), 'utf8')).toContain('export async function predict(row)');
  expect(readFileSync(join(folder, 'runtime.js'), 'utf8')).toContain('InvalidRowError');
  expect(readFileSync(join(folder, 'example.js'), 'utf8')).toContain(`from './${module}'`);
});
