import { spawnSync } from 'node:child_process';

/**
 * Whether OpenSSH's `ssh-keygen` is on this machine: Git signs and verifies with it. It comes with most installations
 * of Git, but not with all; without it the tests of signatures are skipped, and say so.
 */
export const hasSshKeygen: boolean = spawnSync('ssh-keygen', ['-?'], { stdio: 'ignore' }).error === undefined;
