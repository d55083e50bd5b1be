import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { failed, packageFile, success, version } from '../base/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory } from './common-inputs.ts';
import { appendEnvironment, readEnvironment } from './job-environment.ts';
import { jobStore } from './job-store.ts';
import { installPackages } from './packages.ts';

const shortestSecret = 4;

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
        'Environment variables for the steps that follow, one `NAME=value` a line: secrets of the pipeline, access to the store. A value of several lines: `NAME<<END`, the lines, `END`. They are masked in the log.',
    },
    store: {
      kind: 'text',
      description:
        'A store for the steps that follow, instead of that of `trainyard.yaml`: `oci://ghcr.io/acme/models`. Without it, and where `trainyard.yaml` has a folder of the clone, which no other job can reach, on github.com `oci://ghcr.io/<owner>/<repository>/trainyard-store`.',
    },
    'store-access': {
      kind: 'text',
      description:
        '`read` in jobs that may not write to a shared store: what they make stays on their machine. Without it they may.',
    },
    directory,
  },
  outputs: {
    store: { description: 'The store of the steps that follow, when it is not that of `trainyard.yaml`.' },
    version: { description: 'Of Trainyard: `0.1.0`.' },
    path: { description: 'Folder of the command `trainyard`; it is on the PATH of the steps that follow.' },
    'cache-hit': {
      description: 'Whether the native packages were on this runner already: `true` or `false`.',
    },
  },
  run: async ({ inputs, effects, addPath, mask, say }) => {
    const pairs = readEnvironment(inputs.environment ?? '');
    if (!pairs.ok) return pairs;
    // What is this short is no secret, and hiding it would make `***` of half a log and drop outputs of the job.
    for (const [, value] of pairs.value) if (value.length >= shortestSecret) mask(value);
    const store = inputs.store ?? (await jobStore(effects));
    const access = inputs['store-access'];
    const settings: (readonly [string, string])[] = [
      ...(store === undefined ? [] : [['TRAINYARD_STORE', store] as const]),
      ...(access === undefined ? [] : [['TRAINYARD_STORE_ACCESS', access] as const]),
    ];
    const file = effects.env['GITHUB_ENV'];
    const variables = [...settings, ...pairs.value];
    if (file !== undefined && variables.length > 0) await appendEnvironment(file, variables);
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
    if (store !== undefined) say(`store ${store}${access === 'read' ? ', to read from' : ''}`);
    return success({
      outputs: { store: store ?? '', version: version(), path: bin, 'cache-hit': String(cached) },
    });
  },
});

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
