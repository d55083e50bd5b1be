import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, relative } from 'node:path';
import { globExpression } from './patterns.ts';

/** Files below folders or matching globs, as absolute paths in order; lines that begin with `!` take away. */
export function filesOf(patterns: readonly string[], folder: string, hidden: boolean): string[] {
  const found = new Set<string>();
  for (const line of patterns) {
    const negative = line.startsWith('!');
    const pattern = normalize(absolute(negative ? line.slice(1) : line, folder)).replace(/\/$/, '');
    const root = pattern.split(/\/(?=[^/]*[*?[])/, 1)[0]!;
    const expression = globExpression(pattern);
    const below = globExpression(`${pattern}/**`);
    for (const file of allFiles(root)) {
      if (!hidden && /(^|\/)\./.test(relative(root, file))) continue;
      if (!expression.test(file) && !below.test(file)) continue;
      if (negative) found.delete(file);
      else found.add(file);
    }
  }
  return [...found].sort();
}

export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function absolute(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function allFiles(root: string): string[] {
  if (!existsSync(root)) return [];
  if (statSync(root).isFile()) return [root];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** As the runner's own script computes it: the digest of the digests of the files; empty when no file matches. */
export function hashOfFiles(patterns: readonly string[], workspace: string): string {
  const files = filesOf(patterns.flatMap(linesOf), workspace, true);
  if (files.length === 0) return '';
  const all = createHash('sha256');
  for (const file of files) all.update(createHash('sha256').update(readFileSync(file)).digest());
  return all.digest('hex');
}
