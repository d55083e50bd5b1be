import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendEnvironment, readEnvironment } from '../../src/actions/job-environment.ts';

describe('the environment of a job', () => {
  it('is read line by line; what is empty or a comment is left out', () => {
    expect(readEnvironment('# secrets\nA=1\n\n  B_2=x=y z\r\nC=\n')).toEqual({
      ok: true,
      value: [
        ['A', '1'],
        ['B_2', 'x=y z'],
      ],
    });
  });

  it('takes a value of several lines, such as a key', () => {
    const text = 'A=1\nKEY<<END\n-----BEGIN PRIVATE KEY-----\nB=2\n\n-----END PRIVATE KEY-----\nEND\nC=3';
    expect(readEnvironment(text)).toEqual({
      ok: true,
      value: [
        ['A', '1'],
        ['KEY', '-----BEGIN PRIVATE KEY-----\nB=2\n\n-----END PRIVATE KEY-----'],
        ['C', '3'],
      ],
    });
    expect(readEnvironment('KEY<<END\nS3cr3t')).toMatchObject({
      failure: [{ code: 'actions-environment-invalid' }],
    });
    expect(readEnvironment('PATH<<END\nS3cr3t\nEND\nA=1')).toMatchObject({ ok: false });
  });

  it.each([
    'PATH=S3cr3t',
    'NODE_OPTIONS=S3cr3t',
    'LD_PRELOAD=S3cr3t',
    'BASH_ENV=S3cr3t',
    'GITHUB_TOKEN=S3cr3t',
    'RUNNER_TEMP=S3cr3t',
    'GIT_SSH_COMMAND=S3cr3t',
    'TRAINYARD_OUT=S3cr3t',
    'S3cr3t',
    '1A=S3cr3t',
    'A-B=S3cr3t',
  ])('refuses %s, and does not repeat what may be a secret (P5)', (line) => {
    const read = readEnvironment(`OK=secret\n${line}`);
    expect(read).toMatchObject({ failure: [{ code: 'actions-environment-invalid' }] });
    expect(JSON.stringify(read)).not.toContain('S3cr3t');
  });

  it('is written in a form that no value can break out of (P5)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-env-'));
    try {
      const file = join(folder, 'env');
      writeFileSync(file, '');
      await appendEnvironment(file, [['A', 'b<<end\nPATH=/tmp']]);
      expect(readFileSync(file, 'utf8')).toMatch(/^A<<(end-[0-9a-f-]{36})\nb<<end\nPATH=\/tmp\n\1\n$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
