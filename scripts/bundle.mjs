/**
 * Bundles the programs of dist/ into dist/bin/: the command line, and the process of a built-in step. Loading some
 * hundred small modules would take longer than most verbs. What a verb does stays in chunks of its own, which are
 * loaded when the verb is called; packages stay outside.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}/dist/bin`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { trainyard: 'dist/cli/main.js', step: 'dist/steps/main.js' },
  outdir: 'dist/bin',
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
