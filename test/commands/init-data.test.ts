import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InitOptions } from '../../src/commands/index.ts';
import { check, init } from '../../src/commands/index.ts';
import { isPersonalName } from '../../src/commands/init/personal-names.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-init-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

/** 60 rows, a column by what stands in row `i`. */
function table(file: string, columns: Readonly<Record<string, (i: number) => unknown>>): void {
  const names = Object.keys(columns);
  const rows = Array.from({ length: 60 }, (_, i) => names.map((name) => columns[name]!(i)).join(','));
  writeFileSync(join(folder, file), `${[names.join(','), ...rows].join('\n')}\n`);
}

async function made(options: Partial<InitOptions>) {
  const done = await init({ version: '1.2.3', workflows: false, ...options }, { cwd: folder, env: {} });
  return done.ok
    ? { notes: done.value.notes.join('\n'), paths: done.value.files.map(({ path }) => path), said: '' }
    : { notes: '', paths: [], said: done.failure.map(({ code, message }) => `${code}: ${message}`).join() };
}

async function mistakes(): Promise<readonly string[]> {
  const done = await check({ paths: [] }, { cwd: folder });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value.mistakes.map(({ code, message }) => `${code}: ${message}`);
}

const usual = {
  id: (i: number) => `r${i}`,
  size: (i: number) => i / 7,
  state: (i: number) => (i % 5 < 2 ? 'on' : 'off'),
};

describe('init --data', () => {
  it('says what became of each column, and takes nothing of a person as key or feature', async () => {
    table('x.csv', {
      'patient name': (i) => `Ada ${i}`,
      ...usual,
      contact: (i) => `u${i}@example.org`,
      day: (i) => `2026-01-${String((i % 28) + 1).padStart(2, '0')}`,
      kind: (i) => ['a', 'b', 'c'][i % 3],
      note: (i) => `said ${i % 31}`,
      weight: (i) => (i % 9 === 0 ? 'NA' : i),
      empty: () => '',
    });
    const { notes } = await made({ data: 'x.csv', target: 'state' });
    expect(await mistakes()).toEqual([]);
    expect(notes).toContain('Predicted: `state`, as one of two classes. Key: id.');
    expect(notes).toContain('Features that are numbers: size.');
    expect(notes).toContain('Features with few values, one-hot: kind.');
    expect(notes).toContain('day (a time), note (text with 31 different values)');
    expect(notes).toContain('empty (no values)');
    expect(notes).toContain('`weight` holds NA in 7 rows');
    expect(notes).toContain('Personal data, by name or value: patient name, contact.');
    expect(notes).toContain('git init -b main');
    expect(read('pipelines/x/rows.odcs.yaml')).toMatch(/patient name\n.*\n.*\n\s+classification: restricted/);
    expect(read('pipelines/x/pipeline.yaml')).toContain('{ metric: roc_auc, min: 0.6 }');
  });

  it('refuses gaps in what is to be predicted, and says how many', async () => {
    table('x.csv', { ...usual, state: (i) => (i % 20 === 0 ? '' : i % 2 === 0 ? 'on' : 'off') });
    expect((await made({ data: 'x.csv', target: 'state' })).said).toBe(
      'commands-init-data: x.csv cannot be the data of a pipeline: `state`, which is to be predicted, has no value in 3 of 60 rows',
    );
    table('x.csv', { ...usual, power: (i) => (i === 3 ? 'NA' : i * 1.5) });
    expect((await made({ data: 'x.csv', target: 'power' })).said).toContain(
      'no value (or NA) in 1 of 60 rows',
    );
  });

  it('asks for a key where only something of a person tells rows apart', async () => {
    table('x.csv', { ...usual, id: () => 'r', iban: (i) => `DE${i}` });
    const { said } = await made({ data: 'x.csv', target: 'state' });
    expect(said).toMatch(/commands-init-key: .*only `iban` tells them apart, which is personal data/);
  });

  it('writes a floor for numbers, and where the drop comes from', async () => {
    table('x.csv', { ...usual, power: (i) => 20 + i * 1.25 });
    await made({ data: 'x.csv', target: 'power' });
    expect(await mistakes()).toEqual([]);
    expect(read('pipelines/x/pipeline.yaml')).toMatch(/r2, min: 0\.05 \}[\s\S]*a hundredth of the range/);
  });

  it.each([
    ['mäßige Daten.csv', 'maessige-daten'],
    ['Übergröße.csv', 'uebergroesse'],
    ['café crème.csv', 'cafe-creme'],
  ])('names a pipeline after %s', async (file, name) => {
    table(file, usual);
    expect((await made({ data: file, target: 'state' })).paths).toContain(`pipelines/${name}/pipeline.yaml`);
  });

  it('asks for the name where a file has letters that it cannot write', async () => {
    table('данные.csv', usual);
    const { said } = await made({ data: 'данные.csv', target: 'state' });
    expect(said).toBe('commands-init-name: `данные.csv` cannot be the name of a pipeline');
  });
});

describe('names of columns', () => {
  it.each([
    'name',
    'patient name',
    'firstName',
    'Nachname',
    'Straße',
    'e-mail',
    'birth_date',
    'IBAN',
    'customer_name',
  ])('are of a person: %s', (name) => expect(isPersonalName(name)).toBe(true));
  it.each(['product name', 'file_name', 'streetcar', 'weight', 'mailing'])('are of none: %s', (name) =>
    expect(isPersonalName(name)).toBe(false),
  );
});
