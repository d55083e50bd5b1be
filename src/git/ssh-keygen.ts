import { spawn } from 'node:child_process';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitFailure } from './failures.ts';
import { sshKeygenMissing } from './failures.ts';

export interface SshKeygenOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const timeLimitMs = 30_000;

/** Runs OpenSSH's `ssh-keygen` without a terminal, so that it cannot ask for a passphrase; the agent may help. */
export function sshKeygen(
  args: readonly string[],
  input: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Result<SshKeygenOutput, GitFailure>> {
  return new Promise((resolve) => {
    const child = spawn('ssh-keygen', args, {
      env: { ...environment, SSH_ASKPASS_REQUIRE: 'never', LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeLimitMs);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve(failed(sshKeygenMissing(error)));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(success({ exitCode: code ?? 128, stdout, stderr: stderr.trim() }));
    });
    child.stdin.end(input);
  });
}
