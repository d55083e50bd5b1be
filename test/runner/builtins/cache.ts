import { linesOf } from '../files.ts';
import type { CachePlace } from '../run/caches.ts';
import type { Builtin, BuiltinCall } from './builtin.ts';
import { inputs, refuse } from './builtin.ts';

const shared = { path: '', key: '', enableCrossOsArchive: 'false', 'upload-chunk-size': '' };
const restoring = { ...shared, 'restore-keys': '', 'fail-on-cache-miss': 'false', 'lookup-only': 'false' };

/** actions/cache: restored at once, saved at the end of a job that succeeded, unless the very key was found. */
export const cache: Builtin = {
  inputs: inputs({ ...restoring, 'save-always': 'false' }),
  main: async (call) => {
    call.saved['found'] = restore(call) ?? '';
  },
  post: async (call) => {
    if (call.saved['found'] !== call.input('key')) save(call);
  },
  postIf: 'success()',
};

export const restoreCache: Builtin = {
  inputs: inputs(restoring),
  main: async (call) => {
    restore(call);
  },
};

export const saveCache: Builtin = {
  inputs: inputs(shared),
  main: async (call) => save(call),
};

function restore(call: BuiltinCall): string | undefined {
  refuse(call, 'lookup-only', 'enableCrossOsArchive');
  const key = call.input('key');
  const found = call.state.yard.caches.restore(
    placeOf(call),
    linesOf(call.input('path')),
    key,
    linesOf(call.input('restore-keys')),
  );
  call.output('cache-primary-key', key);
  if (found === undefined) {
    if (call.input('fail-on-cache-miss') === 'true') {
      throw new Error(
        `Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: ${key}`,
      );
    }
    return undefined;
  }
  call.output('cache-hit', String(found === key));
  call.output('cache-matched-key', found);
  return found;
}

function save(call: BuiltinCall): void {
  const saved = call.state.yard.caches.save(placeOf(call), linesOf(call.input('path')), call.input('key'));
  if (!saved) call.open.log.say('Failed to save: another job may be creating this cache.');
}

function placeOf({ state }: BuiltinCall): CachePlace {
  const { occasion } = state.frame.run;
  const branch = state.yard.forge.defaultBranch(occasion.repository);
  const base = occasion.baseRef === '' ? [] : [`refs/heads/${occasion.baseRef}`];
  return {
    repository: occasion.repository,
    refs: [occasion.ref, ...base, `refs/heads/${branch}`],
    home: state.home,
    workspace: state.workspace,
  };
}
