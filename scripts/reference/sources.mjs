import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** What modules below `src/` export, as it stands in the sources: nothing has to be built before. */
export async function loadSources(modules) {
  const stdin = {
    contents: modules.map((file) => `export * from './src/${file}';`).join('\n'),
    resolveDir: project,
    loader: 'ts',
  };
  const { outputFiles } = await build({
    stdin,
    absWorkingDir: project,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    // What a verb does is loaded when it is called, which nobody does here.
    external: ['../verbs/*', './directory.ts'],
    write: false,
    logLevel: 'silent',
  });
  // Beside the packages that it imports.
  const folder = `${project}node_modules/.cache/trainyard-reference`;
  const file = `${folder}/${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}.mjs`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, outputFiles[0].text);
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(file);
  }
}
