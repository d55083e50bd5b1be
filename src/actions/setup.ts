import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { failed, packageFile, success, version } from '../base/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { appendEnvironment, readEnvironment } from './job-environment.ts';
import { installPackages } from './packages.ts';

export const setupAction: Action = defineAction({
  name: 'setup',
  description:
    'Puts the command `trainyard` on the PATH of the job, and secrets into its environment. The other actions do not need it.',
  packages: false,
  permissions: [],
  inputs: {
    environment: {
      kind: 'text',
      secret: true,
      description:
        'Environment variables for the steps that follow, one `NAME=value` a line: secrets of the pipeline, access to the store. They are masked in the log.',
    },
  },
  outputs: {
    version: { description: 'Of Trainyard: `0.1.0`.' },
    path: { description: 'Folder of the command `trainyard`; it is on the PATH of the steps that follow.' },
    'cache-hit': {
      description: 'Whether the native packages were on this runner already: `true` or `false`.',
    },
  },
  run: async ({ inputs, effects, addPath, mask, say }) => {
    const pairs = readEnvironment(inputs.environment ?? '');
    if (!pairs.ok) return pairs;
    for (const [, value] of pairs.value) mask(value);
    const file = effects.env['GITHUB_ENV'];
    if (file !== undefined && pairs.value.length > 0) await appendEnvironment(file, pairs.value);
    const installed = await installPackages(effects.env);
    if (!installed.ok) return failed([installed.failure]);
    const { folder, cached } = installed.value;
    const bin = join(folder, 'bin', version());
    const program = fileURLToPath(packageFile('dist/bin/trainyard.js'));
    await mkdir(bin, { recursive: true });
    // The Node of this action: the job may have an older one on its PATH, or none.
    await writeFile(
      join(bin, 'trainyard'),
      `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(program)} "$@"\n`,
    );
    await chmod(join(bin, 'trainyard'), 0o755);
    await writeFile(join(bin, 'trainyard.cmd'), `@"${process.execPath}" "${program}" %*\r\n`);
    addPath(bin);
    say(`trainyard ${version()}, native packages ${cached ? 'were here already' : 'installed'}`);
    return success({ outputs: { version: version(), path: bin, 'cache-hit': String(cached) } });
  },
});

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
