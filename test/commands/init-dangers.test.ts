import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InitFile, InitOptions } from '../../src/commands/index.ts';
import { check, init } from '../../src/commands/index.ts';

const pin = '0123456789abcdef0123456789abcdef01234567';
const callers = '.github/workflows';
const main = `${callers}/trainyard-main.yml`;
const pull = `${callers}/trainyard-pull-request.yml`;
const promote = `${callers}/trainyard-promote.yml`;

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-dangers-'));
  await made();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const edit = (path: string, from: string | RegExp, to: string): void => {
  expect(read(path)).toMatch(from);
  write(path, read(path).replace(from, to));
};

async function made(options: Partial<InitOptions> = {}): Promise<Readonly<Record<string, InitFile['what']>>> {
  const done = await init({ version: '1.2.3', pin, ...options }, { cwd: folder, env: {} });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return Object.fromEntries(done.value.files.map(({ path, what }) => [path, what]));
}

async function checked(paths: readonly string[] = []) {
  const done = await check({ paths }, { cwd: folder });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value;
}

/** `file:line:column: code` of every mistake. */
async function mistakes(paths: readonly string[] = []): Promise<readonly string[]> {
  return (await checked(paths)).mistakes.map(
    ({ code, place }) => `${place?.file}:${place?.line}:${place?.column}: ${code}`,
  );
}

describe('check, of callers that let others in or start nothing', () => {
  it.each([
    [
      'code of another owner in one file',
      main,
      'trainyard/trainyard/',
      'evil/trainyard/',
      '25:11: commands-workflow-source',
    ],
    ['all secrets', main, /$/, '    secrets: inherit\n', '26:5: commands-workflow-secrets'],
    [
      'an event with a token that writes, for forks',
      pull,
      '  pull_request:\n',
      '  pull_request:\n  pull_request_target:\n',
      '8:3: commands-workflow-target',
    ],
    ['no permissions at the top', main, 'permissions: {}\n', '', '16:1: commands-workflow-permissions-open'],
  ])('says at its line: %s (P4)', async (_, path, from, to, expected) => {
    edit(path, from, to);
    expect(await mistakes()).toEqual([`${path}:${expected}`]);
  });

  it('says that nothing is ever trained where the default branch is another', async () => {
    execFileSync('git', ['init', '-q', '-b', 'main', folder]);
    expect(await mistakes()).toEqual([]);
    edit(main, '["main"]', '["master"]');
    expect(await mistakes()).toEqual([`${main}:8:15: commands-workflow-branch`]);
  });

  it('says which of two copies is one too many', async () => {
    write(`${callers}/models-main.yml`, read(main));
    expect(await mistakes()).toEqual([`${callers}/models-main.yml:18:3: commands-workflow-twice`]);
  });

  it('misses callers that were deleted, are empty or call nothing that is there; an update brings them back', async () => {
    rmSync(join(folder, promote));
    expect(await mistakes()).toEqual([`${promote}:undefined:undefined: commands-workflow-missing`]);
    expect((await made({ update: true }))[promote]).toBe('created');
    write(main, '');
    expect(await mistakes()).toEqual([
      `${main}:undefined:undefined: commands-workflow-dead`,
      expect.anything(),
    ]);
    rmSync(join(folder, main));
    await made({ update: true });
    expect(await mistakes()).toEqual([]);
    edit(main, '/main.yml@', '/mian.yml@');
    expect((await mistakes())[0]).toBe(`${main}:25:49: commands-workflow-unknown`);
  });
});

describe('init --update', () => {
  it('names the commit where a tag or branch stands, also in a part that was edited', async () => {
    const before = read(main);
    edit(main, `@${pin} # v1.2.3`, '@v1');
    expect(await mistakes()).toEqual([`${main}:25:57: commands-workflow-unpinned`]);
    expect((await made({ update: true }))[main]).toBe('updated');
    expect(read(main)).toBe(before);
    edit(main, `@${pin} # v1.2.3`, '@v1\n    if: github.actor');
    await made({ update: true });
    expect(read(main)).toContain(`@${pin} # v1.2.3\n    if: github.actor`);
    expect(await mistakes()).toEqual([]);
  });

  it('keeps comments of others wherever they stand, and the layout', async () => {
    const commented = read(main)
      .replace(/^/, '# Ask the platform team.\n')
      .replace('name:', '# Ours.\nname:')
      .replace('\njobs:', '\n\n# The jobs.\njobs:')
      .replace('    uses:', '    # Why: see the handbook.\n    uses:')
      .replace(/$/, '# The end.\n');
    write(main, commented);
    expect((await made({ update: true }))[main]).toBe('same');
    expect(read(main)).toBe(commented);
    const other = 'f'.repeat(40);
    expect((await made({ update: true, pin: other }))[main]).toBe('updated');
    expect(
      read(main)
        .split('\n')
        .filter((line) => /Ask|Ours|The jobs|Why|The end/.test(line)),
    ).toHaveLength(5);
    expect(read(main)).toContain(`@${other} # v1.2.3`);
    expect(await mistakes()).toEqual([]);
  });

  it('writes permissions anew that were taken away at the top', async () => {
    edit(main, 'permissions: {}\n\n', '');
    expect((await made({ update: true }))[main]).toBe('updated');
    expect(await mistakes()).toEqual([]);
  });

  it('refuses a commit of zeros', async () => {
    const done = await init({ version: '1.2.3', pin: '0'.repeat(40) }, { cwd: folder, env: {} });
    expect(done.ok ? '' : done.failure[0]!.code).toBe('commands-init-pin');
  });
});

describe('check, of paths', () => {
  it('takes contracts, callers and folders, and refuses what it cannot read', async () => {
    const contract = 'pipelines/pump-failure/rows.odcs.yaml';
    expect((await checked([contract])).contracts).toEqual([contract]);
    edit(contract, 'logicalType: string', 'logicalType: strong');
    expect(await mistakes([contract])).toEqual([expect.stringMatching(/^pipelines.*: contract-/)]);
    edit(contract, 'logicalType: strong', 'logicalType: string');
    expect((await checked([main])).workflows).toEqual([main]);
    edit(main, `@${pin}`, '@v1');
    expect(await mistakes([main])).toEqual([`${main}:25:57: commands-workflow-unpinned`]);
    expect(await mistakes([pull])).toEqual([]);
    expect((await checked(['pipelines'])).files).toEqual(['pipelines/pump-failure/pipeline.yaml']);
    for (const path of ['pipelines/pump-failure/data/pumps.csv', 'pipelines/pump-failure/data']) {
      const refused = await check({ paths: [path] }, { cwd: folder });
      expect(refused.ok ? '' : refused.failure[0]!.code).toBe('commands-check-path');
    }
  });

  it('says what it has read, and which projects it has not', async () => {
    write('ml/trainyard.yaml', 'version: 1\n');
    execFileSync('git', ['init', '-q', '-b', 'main', folder]);
    const { files, contracts, workflows, unchecked } = await checked();
    expect(files).toEqual(['trainyard.yaml', 'pipelines/pump-failure/pipeline.yaml']);
    expect(contracts).toEqual(['pipelines/pump-failure/rows.odcs.yaml']);
    expect(workflows).toContain(main);
    expect(unchecked).toEqual(['ml']);
  });
});
