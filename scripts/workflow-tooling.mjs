import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/*
 * GitHub's own parser and language service for workflows import JSON without saying so and therefore start in no Node.
 * They are bundled once a version, into the cache that `npm ci` empties, and imported from there.
 */

const project = fileURLToPath(new URL('../', import.meta.url));
const packages = ['@actions/workflow-parser', '@actions/languageservice', '@actions/expressions'];

const entry = fileURLToPath(new URL('workflows/tooling.mjs', import.meta.url));
/** The packages hold CommonJS too, which asks for Node's own modules. */
const banner =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** @returns {Promise<any>} what `entry` exports */
export async function workflowTooling() {
  const versions = packages.map((name) => {
    const file = join(project, 'node_modules', name, 'package.json');
    return JSON.parse(readFileSync(file, 'utf8')).version;
  });
  const digest = createHash('sha256').update(readFileSync(entry)).update(banner).digest('hex').slice(0, 12);
  const folder = join(project, 'node_modules/.cache/workflow-tooling');
  const file = join(folder, `${versions.join('-')}-${digest}.mjs`);
  if (!existsSync(file)) {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      banner: { js: banner },
      logLevel: 'silent',
    });
    mkdirSync(folder, { recursive: true });
    const draft = `${file}.${process.pid}.${performance.now()}`;
    writeFileSync(draft, outputFiles[0].contents);
    renameSync(draft, file);
  }
  return import(pathToFileURL(file).href);
}
