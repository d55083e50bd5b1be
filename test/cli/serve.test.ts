import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile } from '../../src/base/index.ts';
import { writeServable } from '../../src/servable/index.ts';
import { readAccessFile } from '../../src/serve/access/read-access-file.ts';
import { sumModel } from '../servable/sum-model.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-serve-'));
  const { parts, bytes } = await sumModel();
  await writeServable(join(folder, 'sum'), parts, bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Said {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** Runs `trainyard serve`, does something when it has said what it serves, interrupts it, and waits; one that fails ends by itself. */
async function serve(
  args: readonly string[],
  meanwhile: (out: string) => Promise<void> = async () => undefined,
): Promise<Said> {
  const main = fileURLToPath(packageFile('dist/bin/trainyard.js'));
  const env = { PATH: process.env['PATH'], HOME: folder };
  const child = spawn(process.execPath, [main, 'serve', join(folder, 'sum'), ...args], { cwd: folder, env });
  const said = { out: '', err: '' };
  child.stderr.on('data', (text) => {
    said.err += String(text);
  });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const isOpen = new Promise<void>((resolve) => {
    child.stdout.on('data', (text) => {
      said.out += String(text);
      if (said.out.endsWith('}\n') && 'url' in JSON.parse(said.out)) resolve();
    });
  });
  try {
    await Promise.race([isOpen, exit]);
    if (child.exitCode === null) await meanwhile(said.out);
  } finally {
    if (said.out.includes('"url"')) child.kill('SIGINT');
  }
  const code = await exit;
  return { ...said, code };
}

describe('trainyard serve', () => {
  it('S1: gives programs the addresses and a command that works as it is, and lines of JSON', async () => {
    const { err, code } = await serve(['--port', '0', '--json', '--log-requests'], async (out) => {
      const { url, docs, models } = JSON.parse(out);
      expect(docs).toBe(`${url}/docs`);
      expect(models[0]).toMatchObject({ model: 'sum', version: 'v1.0.0', predict: `${url}/predict/sum` });
      const answer = JSON.parse(
        execFileSync('bash', ['-c', `${models[0].curl} --silent`], { encoding: 'utf8' }),
      );
      const { a, b } = models[0].example;
      expect(answer.prediction.value).toBeCloseTo(a + b);
    });
    expect(code).toBe(0);
    const entries = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.map(({ event }) => event)).toEqual(['swap', 'started', 'request', 'stopping']);
  });

  it('says who else may have the port, and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { out, err, code } = await serve(['--port', String(port), '--json']);
    other.close();
    expect(code).toBe(3);
    expect(JSON.parse(out).failures[0].code).toBe('serve-listen');
    expect(err).toContain('somebody listens there already');
    expect(err).toContain('--port');
  });

  it('shows mistakes in the access file at their line', async () => {
    await writeFile(join(folder, 'access.yaml'), 'version: 1\nkeys:\n  - name: shop\n    sha265: abc\n');
    const { out, err, code } = await serve(['--access', 'access.yaml', '--json']);
    expect(code).toBe(2);
    const { failures } = JSON.parse(out);
    expect(failures.map((each: { code: string }) => each.code)).toEqual([
      'serve-access-file',
      'serve-access-file',
    ]);
    expect(err).toContain('sha265 is not known here');
    expect(err).toMatch(/access\.yaml:4:5/);
  });

  it('has examples in its help', () => {
    const main = fileURLToPath(packageFile('dist/bin/trainyard.js'));
    const help = execFileSync(process.execPath, [main, 'serve', '--help'], { encoding: 'utf8' });
    for (const option of ['--access', '--cors', '--drain', '--log-requests', '--workers', 'Examples:'])
      expect(help).toContain(option);
  });
});

describe('docs/serving.md', () => {
  it('shows an access file that is taken', async () => {
    const page = await readFile(packageFile('docs/serving.md'), 'utf8');
    const [, yaml = ''] = /```yaml\n(version: 1\n[^`]*)```/.exec(page) ?? [];
    expect(await readAccessFile('access.yaml', Buffer.from(yaml))).toMatchObject({ ok: true });
  });

  it('shows a request that keeps the contract of the pipeline beside it', async () => {
    const page = await readFile(packageFile('docs/serving.md'), 'utf8');
    const [, row = ''] = /-d '(\{[^']*\})'/.exec(page) ?? [];
    const { compileRowCheck, readContract } = await import('../../src/contract/index.ts');
    const contract = readContract(
      'patients.odcs.yaml',
      await readFile(packageFile('pipelines/heart-disease/patients.odcs.yaml')),
    );
    if (!contract.ok) throw new Error('no contract');
    const columns = contract.value.columns.filter(
      ({ name }) => name !== 'diagnosis' && name !== 'patient_id',
    );
    const check = await compileRowCheck({ ...contract.value, columns });
    expect(check(JSON.parse(row))).toEqual([]);
  });
});
