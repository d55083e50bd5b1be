/**
 * Bundles the programs of dist/.
 *
 * dist/bin/: the command line, the process of a built-in step, and the processes and threads of the server. Loading
 * some hundred small modules would take longer than most verbs. What a verb does stays in chunks of its own, which are
 * loaded when the verb is called; packages stay outside, but yaml. licences.txt has its licence.
 *
 * dist/server/: the server of a container, server.mjs, with every package inside but the ONNX Runtime, which stands
 * beside it in node_modules. What only some settings need (S3, traces, tokens, Parquet) stays in chunks, which are read
 * when they are asked for: a server that starts would else spend a third of its time on reading them. packages.json says
 * what is inside, for the bill of materials of an image.
 *
 * dist/web/runtime.js: what a page needs around the ONNX Runtime to answer as the server does.
 *
 * dist/workers/<name>.js: what the pages of a site compute in a worker, one file for each module of src/site/browser/.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import {
  bundle,
  byName,
  carrying,
  exportsOf,
  licenceTexts,
  packageAt,
  packagesIn,
  requireBanner,
  root,
  withNames,
  writeWhole,
} from './bundling.mjs';
import { pastIndexes } from './past-indexes.mjs';

/**
 * What nearly every verb and step loads: Node reads its 72 files in 60 ms, and what is used of them in 25. Who loads it later
 * gets a module around it with the names of its exports: by itself, its chunk would have a default export alone.
 */
const inside = {
  name: 'packages-inside',
  setup({ onResolve, onLoad }) {
    const file = createRequire(import.meta.url).resolve('yaml');
    onResolve({ filter: /^yaml$/ }, ({ path: name, kind }) =>
      kind === 'dynamic-import' ? { path: name, namespace: 'inside' } : { path: file },
    );
    onLoad({ filter: /./, namespace: 'inside' }, async ({ path: name }) => ({
      contents: `import * as all from '${name}';\nexport const { ${(await exportsOf(name)).named.join(', ')} } = all;`,
    }));
  },
};

/**
 * CommonJS packages that are loaded when needed are loaded as such: for `import()`, Node reads their files twice, the first
 * time for the names that they export, which takes more than half of the time.
 */
const asRequired = {
  name: 'packages-required',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(onnx-proto|isomorphic-git|ajv|ajv\/dist\/2020\.js|ajv-formats)$/ }, (found) =>
      found.kind === 'dynamic-import'
        ? { path: found.path, namespace: 'required' }
        : { path: found.path, external: true },
    );
    onLoad({ filter: /./, namespace: 'required' }, async ({ path: name }) => ({
      contents: [
        `const all = require(${JSON.stringify(name)});`,
        'export default all;',
        `export const { ${(await exportsOf(name)).named.join(', ')} } = all;`,
      ].join('\n'),
    }));
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

const programs = await bundle({
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
  plugins: [inside, asRequired, withoutUnused, pastIndexes(path.join(root, 'dist'))],
  banner: requireBanner,
});
writeWhole(`${root}/dist/bin/licences.txt`, licenceTexts(programs.metafile));

// npm makes a command executable when it links it, and not again when it is built anew.
chmodSync(path.join(root, 'dist/bin/trainyard.js'), 0o755);

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

const external = ['onnxruntime-node'];

const { metafile } = await bundle({
  ...carrying,
  entryPoints: { server: 'dist/serve/main.js' },
  outdir: 'dist/server',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  external,
  define: {
    TRAINYARD_BUNDLED_VERSION: JSON.stringify(
      JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).version,
    ),
  },
  plugins: [withoutAbsent, withoutUnused, withNames(external)],
  banner: requireBanner,
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

// By its sources: what was compiled of a module that is gone is no worker any more.
const workers = existsSync(`${root}/src/site/browser`) ? readdirSync(`${root}/src/site/browser`) : [];
mkdirSync(`${root}/dist/workers`, { recursive: true });
await bundle({
  entryPoints: Object.fromEntries(
    workers
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.basename(file, '.ts'))
      .map((name) => [name, `dist/site/browser/${name}.js`]),
  ),
  outdir: 'dist/workers',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  plugins: [onlyWhatIsUsed],
});
