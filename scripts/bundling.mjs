/** What the bundles of this package have in common: how they are written, and how packages get into them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Of programs that carry their packages. */
export const carrying = {
  bundle: true,
  splitting: true,
  minify: true,
  // Names of functions and classes stay, for messages and metrics.
  keepNames: true,
  legalComments: 'none',
  format: 'esm',
  platform: 'node',
  target: 'node20',
};

/** CommonJS packages ask for modules of Node while they load, and some for their own folder. */
export const requireBanner = {
  js: [
    "import { createRequire as createRequireOfBundle } from 'node:module';",
    "import { dirname as dirnameOfBundle } from 'node:path';",
    "import { fileURLToPath as pathOfBundle } from 'node:url';",
    'const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);',
  ].join(' '),
};

/**
 * A CommonJS package that is loaded when needed: in a chunk of its own it would have a default export alone. A module
 * around it gives its exports the names that Node gives them.
 */
export const withNames = (external) => ({
  name: 'names-for-packages-loaded-later',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path: name, kind, importer, resolveDir }) => {
      if (kind !== 'dynamic-import' || isBuiltin(name) || external.includes(name)) return undefined;
      const file = resolvedByRequire(name, importer);
      return file && { path: name, namespace: 'named', pluginData: { resolveDir, file } };
    });
    onLoad({ filter: /./, namespace: 'named' }, async ({ path: name, pluginData: { resolveDir, file } }) => {
      const { named, hasDefault } = await exportsOf(pathToFileURL(file));
      const from = JSON.stringify(name);
      const lines = [`import * as all from ${from};`, `export const { ${named.join(', ')} } = all;`];
      if (hasDefault) lines.push('const whole = all;', 'export default whole.default;');
      return { contents: lines.join('\n'), resolveDir };
    });
  },
});

/** What Node gives of a package that is imported: the names that a program can write, and whether there is a default. */
export async function exportsOf(module) {
  const names = Object.keys(await import(module));
  return {
    named: names.filter((one) => one !== 'default' && /^[A-Za-z_$][\w$]*$/.test(one)),
    hasDefault: names.includes('default'),
  };
}

function resolvedByRequire(name, importer) {
  try {
    return createRequire(importer).resolve(name);
  } catch {
    // Of a package that is no CommonJS, esbuild knows the names.
    return undefined;
  }
}

/**
 * Builds into a folder of dist/. What is the same stays untouched, and what is new appears whole: programs that run from
 * there meanwhile still find the chunks that they load later.
 */
export async function bundle(options) {
  const built = await build({
    absWorkingDir: root,
    metafile: true,
    write: false,
    logLevel: 'warning',
    ...options,
  });
  const folder = path.resolve(root, options.outdir);
  const files = new Set([
    'packages.json',
    'licences.txt',
    ...built.outputFiles.map((file) => path.basename(file.path)),
  ]);
  for (const { path: file, contents } of built.outputFiles) writeWhole(file, contents);
  const old = readdirSync(folder).filter((name) => !files.has(name) && !name.endsWith('.draft'));
  for (const name of old) rmSync(path.join(folder, name), { force: true });
  return built;
}

export function writeWhole(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(contents))) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}

/** The packages of which something is in the bundle, with version and licence, each once. */
export function packagesIn(metafile) {
  const found = foldersIn(metafile).map((folder) => packageIn(folder));
  return [...new Map(found.map((each) => [`${each.name}@${each.version}`, each])).values()].sort(byName);
}

function foldersIn({ outputs }) {
  const folders = new Set();
  for (const output of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(path.join(root, folder));
    }
  }
  return [...folders];
}

export function packageAt(name) {
  return packageIn(path.join(root, 'node_modules', name));
}

function packageIn(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new Error(`${name} ${version} says no licence: the image cannot tell it`);
  return { name, version, license };
}

/**
 * Every package of a bundle with the words of its licence, as licences ask of whoever passes on their code. Words that
 * several packages have are there once, after the names of them all.
 */
export function licenceTexts(metafile) {
  const packages = new Map(foldersIn(metafile).map((folder) => [folder, packageIn(folder)]));
  const sorted = [...packages].sort(([, a], [, b]) => byName(a, b));
  const names = new Map();
  for (const [folder, { name, version, license }] of sorted) {
    const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each));
    const words =
      file === undefined
        ? '(The package has no file of its licence.)'
        : readFileSync(path.join(folder, file), 'utf8').trim().replaceAll('\r\n', '\n');
    names.set(words, (names.get(words) ?? new Set()).add(`${name} ${version} (${license})`));
  }
  return [...names]
    .map(([words, those]) => `${[...those].join('\n')}\n\n${words}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

export function byName(a, b) {
  return a.name < b.name || (a.name === b.name && a.version < b.version) ? -1 : 1;
}
