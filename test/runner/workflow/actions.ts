import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../forge.ts';

/** An action.yml, as plain values. */
export interface ActionFile {
  readonly folder: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly runs: Json;
}

/** `undefined` when the folder holds none. */
export function readAction(folder: string): ActionFile | undefined {
  const path = ['action.yml', 'action.yaml'].map((name) => join(folder, name)).find(existsSync);
  if (path === undefined) return undefined;
  const root = parse(readFileSync(path, 'utf8')) as Json;
  const named = (key: string): Record<string, Json> =>
    Object.fromEntries(
      Object.entries((root[key] ?? {}) as Record<string, Json | null>).map(([name, value]) => [
        name,
        value ?? {},
      ]),
    );
  return {
    folder,
    name: String(root['name'] ?? ''),
    inputs: named('inputs'),
    outputs: named('outputs'),
    runs: root['runs'] as Json,
  };
}

export type Uses =
  | { readonly kind: 'workspace'; readonly path: string }
  | { readonly kind: 'running'; readonly path: string }
  | { readonly kind: 'repository'; readonly repository: string; readonly path: string; readonly ref: string }
  | { readonly kind: 'container' };

/** `./x` is read from the workspace, `$/x` from the repository and commit of the file that says it. */
export function parseUses(uses: string): Uses {
  if (uses.startsWith('docker://')) return { kind: 'container' };
  if (uses.startsWith('./') || uses === '.') return { kind: 'workspace', path: uses };
  if (uses.startsWith('$/')) return { kind: 'running', path: uses.slice(2) };
  const match = /^([^/@]+\/[^/@]+)(?:\/([^@]*))?@(.+)$/.exec(uses);
  if (match === null) throw new Error(`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`);
  return { kind: 'repository', repository: match[1]!, path: match[2] ?? '', ref: match[3]! };
}
