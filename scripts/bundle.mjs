/**
 * Bundles the programs of dist/.
 *
 * dist/bin/: the command line, the process of a built-in step, and the processes and threads of the server. Loading
 * some hundred small modules would take longer than most verbs. What a verb does stays in chunks of its own, which are
 * loaded when the verb is called; packages stay outside.
 *
 * dist/server/: the server of a container, server.mjs, with every package inside but the ONNX Runtime, which stands
 * beside it in node_modules. What only some settings need (S3, traces, tokens, Parquet) stays in chunks, which are read
 * when they are asked for: a server that starts would else spend a third of its time on reading them. packages.json says
 * what is inside, for the bill of materials of an image.
 *
 * dist/web/runtime.js: what a page needs around the ONNX Runtime to answer as the server does.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

await bundle({
  entryPoints: {
    trainyard: 'dist/cli/main.js',
    step: 'dist/steps/main.js',
    serve: 'dist/serve/main.js',
  },
  outdir: 'dist/bin',
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
});

/** Packages that a started server never reaches, though code that it shares with others names them. */
const absent = /^(@duckdb\/|isomorphic-git$|@sigstore\/)/;

/** In place of an absent package stands a module that says so when it is loaded. */
const withoutAbsent = {
  name: 'without-absent-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: absent }, (found) => ({ path: found.path, namespace: 'absent' }));
    onLoad({ filter: /./, namespace: 'absent' }, (found) => ({
      contents: `throw new Error(${JSON.stringify(`${found.path} is no part of the server of a container`)});`,
    }));
  },
};

/**
 * A CommonJS package that is loaded when needed: in a chunk of its own it would have a default export alone. A module
 * around it gives its exports the names that Node gives them.
 */
const withNames = {
  name: 'names-for-packages-loaded-later',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^./]/ }, ({ path: name, kind, importer, resolveDir }) => {
      if (kind !== 'dynamic-import' || isBuiltin(name) || external.includes(name)) return undefined;
      const file = resolvedByRequire(name, importer);
      return file && { path: name, namespace: 'named', pluginData: { resolveDir, file } };
    });
    onLoad({ filter: /./, namespace: 'named' }, async ({ path: name, pluginData: { resolveDir, file } }) => {
      const names = Object.keys(await import(pathToFileURL(file))).filter((one) =>
        /^[A-Za-z_$][\w$]*$/.test(one),
      );
      const named = names.filter((one) => one !== 'default' && one !== 'module.exports');
      const from = JSON.stringify(name);
      const lines = [`import * as all from ${from};`, `export const { ${named.join(', ')} } = all;`];
      if (names.includes('default')) lines.push('const whole = all;', 'export default whole.default;');
      return { contents: lines.join('\n'), resolveDir };
    });
  },
};

/** Importing a module of ours does nothing: one of which nothing is used is left out, with what it imports. */
const withoutUnused = {
  name: 'without-unused-modules',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^\./ }, async ({ path: name, pluginData, ...found }) => {
      const isOurs = found.importer.startsWith(path.join(root, 'dist') + path.sep);
      if (!isOurs || pluginData === 'seen' || found.kind !== 'import-statement') return undefined;
      const { path: file } = await resolve(name, { ...found, pluginData: 'seen' });
      return { path: file, sideEffects: false };
    });
  },
};

function resolvedByRequire(name, importer) {
  try {
    return createRequire(importer).resolve(name);
  } catch {
    // Of a package that is no CommonJS, esbuild knows the names.
    return undefined;
  }
}

const external = ['onnxruntime-node'];

const { metafile } = await bundle({
  entryPoints: { server: 'dist/serve/main.js' },
  outdir: 'dist/server',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  // Names of functions and classes stay, for messages and metrics.
  keepNames: true,
  legalComments: 'none',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external,
  define: {
    TRAINYARD_BUNDLED_VERSION: JSON.stringify(
      JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version,
    ),
  },
  plugins: [withoutAbsent, withoutUnused, withNames],
  // CommonJS packages ask for modules of Node while they load.
  banner: {
    js: "import { createRequire as createRequireOfServer } from 'node:module'; const require = createRequireOfServer(import.meta.url);",
  },
});
const packages = [...packagesIn(metafile), packageAt('onnxruntime-node'), packageAt('onnxruntime-common')];
writeWhole(`${root}/dist/server/packages.json`, `${JSON.stringify(packages.sort(byName), null, 2)}\n`);

/** What is not used is left out with all that it imports: a browser has neither Node's modules nor these packages. */
const onlyWhatIsUsed = {
  name: 'only-what-is-used',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path: name, pluginData, ...found }) => {
      if (pluginData === 'seen' || found.kind === 'entry-point') return undefined;
      if (!name.startsWith('.')) return { path: name, external: true, sideEffects: false };
      const { path: file } = await resolve(name, { ...found, pluginData: 'seen' });
      return { path: file, sideEffects: false };
    });
  },
};

await bundle({
  entryPoints: { runtime: 'dist/embed/web/runtime/main.js' },
  outdir: 'dist/web',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minifySyntax: true,
  plugins: [onlyWhatIsUsed],
});

/**
 * Builds into a folder of dist/. What is the same stays untouched, and what is new appears whole: programs that run from
 * there meanwhile still find the chunks that they load later.
 */
async function bundle(options) {
  const built = await build({
    absWorkingDir: root,
    metafile: true,
    write: false,
    logLevel: 'warning',
    ...options,
  });
  const folder = path.join(root, options.outdir);
  const files = new Set(['packages.json', ...built.outputFiles.map((file) => path.basename(file.path))]);
  for (const { path: file, contents } of built.outputFiles) writeWhole(file, contents);
  const old = readdirSync(folder).filter((name) => !files.has(name) && !name.endsWith('.draft'));
  for (const name of old) rmSync(path.join(folder, name), { force: true });
  return built;
}

function writeWhole(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(contents))) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}

/** The packages of which something is in the bundle, with version and licence, each once. */
function packagesIn({ outputs }) {
  const folders = new Set();
  for (const output of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const found = [...folders].map((folder) => packageIn(path.join(root, folder)));
  return [...new Map(found.map((each) => [`${each.name}@${each.version}`, each])).values()];
}

function packageAt(name) {
  return packageIn(path.join(root, 'node_modules', name));
}

function packageIn(folder) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new Error(`${name} ${version} says no licence: the image cannot tell it`);
  return { name, version, license };
}

function byName(a, b) {
  return a.name < b.name || (a.name === b.name && a.version < b.version) ? -1 : 1;
}
