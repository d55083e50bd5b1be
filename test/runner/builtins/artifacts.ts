import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { filesOf, linesOf } from '../files.ts';
import { globExpression } from '../patterns.ts';
import type { Artifact } from '../result.ts';
import type { RunState } from '../run/state.ts';
import type { Builtin, BuiltinCall } from './builtin.ts';
import { inputs, needsPermission, refuse } from './builtin.ts';

/** actions/upload-artifact since version 4: a name once a run, files below their common folder, no hidden ones. */
export const uploadArtifact: Builtin = {
  inputs: inputs({
    name: 'artifact',
    path: '',
    'if-no-files-found': 'warn',
    'retention-days': '',
    'compression-level': '6',
    overwrite: 'false',
    'include-hidden-files': 'false',
    archive: 'true',
  }),
  main: async (call) => {
    if (call.input('archive') === 'false') throw new Error('this runner does not know archive: false');
    const lines = linesOf(call.input('path'));
    if (lines.length === 0) throw new Error('Input required and not supplied: path');
    const files = filesOf(lines, call.state.workspace, call.input('include-hidden-files') === 'true');
    if (files.length === 0) {
      const message = `No files were found with the provided path: ${lines.join(', ')}. No artifacts will be uploaded.`;
      const wish = call.input('if-no-files-found');
      if (wish === 'error') throw new Error(message);
      if (wish !== 'ignore') call.open.log.warning(message);
      return;
    }
    keep(call, files, rootOf(lines, files, call.state.workspace));
  },
};

/** A single folder or glob: below it. Several: below what they have in common. A single file: alone. */
function rootOf(lines: readonly string[], files: readonly string[], workspace: string): string {
  const wanted = lines.filter((line) => !line.startsWith('!'));
  if (wanted.length === 1) {
    const path = resolve(workspace, wanted[0]!.split(/\/?[^/]*[*?[]/, 1)[0]!);
    return existsSync(path) && statSync(path).isFile() ? dirname(path) : path;
  }
  const parts = files.map((file) => dirname(file).split('/'));
  const [first] = parts as [string[]];
  const common = first.filter((part, i) =>
    parts.every((other) => other.slice(0, i + 1).join('/') === first.slice(0, i).concat(part).join('/')),
  );
  return common.join('/') || '/';
}

export function keep(
  call: BuiltinCall,
  files: readonly string[],
  root: string,
  name: string = call.input('name'),
): Artifact {
  const { run } = call.state.frame;
  const { yard } = call.state;
  if (/["<>|*?\r\n\\/:]/.test(name)) throw new Error(`The artifact name is not valid: ${name}`);
  const known = run.artifacts.findIndex((artifact) => artifact.name === name);
  if (known >= 0) {
    if (call.input('overwrite') !== 'true') {
      throw new Error(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
      );
    }
    run.artifacts.splice(known, 1);
  }
  const id = yard.nextId();
  const folder = join(yard.settings.folder, 'artifacts', String(id));
  const hash = createHash('sha256');
  let sizeInBytes = 0;
  for (const file of files) {
    const path = relative(root, file);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(file, join(folder, path), { dereference: true });
    const bytes = readFileSync(file);
    sizeInBytes += bytes.length;
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  const digest = hash.digest('hex');
  const artifact = { id, name, folder, sizeInBytes, digest: `sha256:${digest}` };
  run.artifacts.push(artifact);
  call.output('artifact-id', String(id));
  call.output('artifact-digest', digest);
  const { serverUrl } = yard.forge;
  const url = `${serverUrl}/${run.occasion.repository}/actions/runs/${run.id}/artifacts/${id}`;
  call.output('artifact-url', url);
  return artifact;
}

/** actions/download-artifact since version 4: by name into the folder itself, else a folder an artifact. */
export const downloadArtifact: Builtin = {
  inputs: inputs({
    name: '',
    'artifact-ids': '',
    path: '',
    pattern: '',
    'merge-multiple': 'false',
    'github-token': '',
    repository: '${{ github.repository }}',
    'run-id': '${{ github.run_id }}',
    'digest-mismatch': 'error',
    'skip-decompress': 'false',
  }),
  main: async (call) => {
    refuse(call, 'skip-decompress');
    const run = runToRead(call);
    const target = resolve(call.state.workspace, call.input('path').replace(/^~(?=\/|$)/, call.state.home));
    const name = call.input('name');
    const ids = call
      .input('artifact-ids')
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
    const found = run.artifacts.filter((artifact) => {
      if (name !== '') return artifact.name === name;
      if (ids.length > 0) return ids.includes(String(artifact.id));
      const pattern = call.input('pattern');
      return pattern === '' || globExpression(pattern).test(artifact.name);
    });
    if (found.length === 0 && (name !== '' || ids.length > 0)) {
      throw new Error(
        `Unable to download artifact(s): Artifact not found for name: ${name || ids.join(', ')}`,
      );
    }
    const flat =
      name !== '' || call.input('merge-multiple') === 'true' || (ids.length === 1 && found.length === 1);
    mkdirSync(target, { recursive: true });
    for (const artifact of found) {
      const folder = flat ? target : join(target, artifact.name);
      mkdirSync(folder, { recursive: true });
      for (const entry of readdirSync(artifact.folder)) {
        const into = join(folder, entry);
        if (statSync(join(artifact.folder, entry)).isFile()) rmSync(into, { force: true });
        cpSync(join(artifact.folder, entry), into, { recursive: true });
      }
      call.open.log.say(`Artifact ${artifact.name} (ID: ${artifact.id}) was downloaded to ${folder}`);
    }
    call.output('download-path', target);
  },
};

/** Another run's artifacts need a token, and its right to read actions. */
function runToRead(call: BuiltinCall): RunState {
  const { run } = call.state.frame;
  const id = Number(call.input('run-id'));
  if (id === run.id) return run;
  if (call.input('github-token') === '') {
    throw new Error('Unable to download artifact(s): the artifacts of another run need a github-token');
  }
  if (call.input('github-token') === call.state.token) needsPermission(call, 'actions', 'read');
  const other = call.state.yard.runOf(id);
  if (other === undefined || other.occasion.repository !== call.input('repository')) {
    throw new Error(`Unable to download artifact(s): there is no run ${id} in ${call.input('repository')}`);
  }
  return other;
}
