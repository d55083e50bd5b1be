import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Builtin } from './builtin.ts';
import { inputs, refuse } from './builtin.ts';

/** actions/setup-node: puts a Node that the machine has first on the PATH; it fetches none. */
export const setupNode: Builtin = {
  inputs: inputs({
    'always-auth': 'false',
    'node-version': '',
    'node-version-file': '',
    architecture: '',
    'check-latest': 'false',
    'registry-url': '',
    scope: '',
    token: '${{ github.token }}',
    cache: '',
    'package-manager-cache': 'true',
    'cache-dependency-path': '',
    mirror: '',
    'mirror-token': '',
  }),
  main: async (call) => {
    refuse(call, 'registry-url', 'always-auth');
    const file = call.input('node-version-file');
    if (file !== '' && !existsSync(call.inWorkspace(file))) {
      throw new Error(`The specified node version file at: ${call.inWorkspace(file)} does not exist`);
    }
    const { nodes } = call.state.yard.settings;
    const asked = /^v?(\d+)/.exec(call.input('node-version'))?.[1];
    const node = (asked === undefined ? undefined : nodes[`node${asked}`]) ?? process.execPath;
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    if (asked !== undefined && !version.startsWith(`v${asked}.`)) {
      call.open.log.say(`Node ${call.input('node-version')} was asked for; this machine has ${version}.`);
    }
    call.state.path.push(dirname(node));
    call.output('node-version', version);
    call.output('cache-hit', 'false');
  },
};
