import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of programs of a rival's virtual environment, made from PyPI when it is not there: each needs its own. */
export function environment(name) {
  const requirements = fileURLToPath(new URL(`./peers/requirements-${name}.txt`, import.meta.url));
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'trainyard', `bench-serve-${name}-${digest}`);
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    run('python3', '-m', 'venv', '--clear', folder);
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      // Python compiles what is imported; most of it is not.
      '--no-compile',
      '--disable-pip-version-check',
      '--requirement',
      requirements,
    ];
    run(join(folder, 'bin/python'), ...pip);
    writeFileSync(ready, '');
  }
  return join(folder, 'bin');
}
