import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPage, root } from '../rig/page.ts';

it('S2: the package installs as docs/first-hour.md says, and its command line starts a repository', () => {
  const install = readPage('docs/first-hour.md').blocks.find(({ text }) => text.includes('npm pack'))!;
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-install-'));
  try {
    // The clone is this tree, which is built already.
    const commands = install.text
      .replace(/^git clone .*$/m, '')
      .replace(
        /^\(cd trainyard .*\)$/m,
        'mkdir trainyard && (cd "$PROJECT" && npm pack --silent --pack-destination "$HERE/trainyard")',
      );
    expect(commands).toContain('HERE');
    const rest = 'trainyard --version\ngit init --quiet\ntrainyard init --no-workflows\ntrainyard check\n';
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', commands + rest], {
      cwd: folder,
      env: { ...process.env, PROJECT: root, HERE: folder },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(said).toContain('0.1.0');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
