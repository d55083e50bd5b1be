/**
 * Bundles the actions into actions/dist/, which is committed: who uses an action at a commit gets it as it is, without an
 * installation. Every package is inside but those with native code, which the actions install themselves
 * (src/actions/packages.ts) from actions/package-lock.json. Build first: the server of images is copied from dist/.
 *
 *     node scripts/bundle-actions.mjs           writes it
 *     node scripts/bundle-actions.mjs --check   says what differs from the committed one, and exits with 1
 *     node scripts/bundle-actions.mjs --out x   writes it to another folder
 *
 * The folders are those of dist/, where the programs look for each other: bin/ with the actions, the command line and the
 * process of a step; the threads of trees and scores; server/ for images.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle, carrying, licenceTexts, requireBanner, root, withNames, writeWhole } from './bundling.mjs';
import { pastIndexes } from './past-indexes.mjs';

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, out: { type: 'string', default: 'actions/dist' } },
});
const out = path.resolve(root, values.out);
const native = Object.keys(
  JSON.parse(readFileSync(path.join(root, 'actions/package.json'), 'utf8')).dependencies,
);
// What packages go without, and we never ask for: of the bill of materials' library XML and checks of its own output; of
// the one that fetches for Sigstore, texts in other character sets than UTF-8.
const optional = ['xmlbuilder2', 'libxmljs2', 'ajv-formats-draft2019', 'iconv-lite'];
const external = [...native, ...optional, 'onnxruntime-web'];
const common = {
  ...carrying,
  external,
  banner: requireBanner,
  plugins: [withNames(external), pastIndexes(path.join(root, 'src'), path.join(root, 'actions'))],
};

const isAction = (name) => readdirSync(path.join(root, 'actions', name)).includes('main.ts');
const names = readdirSync(path.join(root, 'actions'), { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !['dist', 'node_modules'].includes(entry.name) && isAction(entry.name),
  )
  .map(({ name }) => name);

const { metafile } = await bundle({
  ...common,
  outdir: path.join(out, 'bin'),
  chunkNames: 'chunk-[hash]',
  entryPoints: {
    ...Object.fromEntries(names.map((name) => [`action-${name}`, `actions/${name}/main.ts`])),
    trainyard: 'src/cli/main.ts',
    step: 'src/steps/main.ts',
  },
});
for (const [folder, file] of [
  ['train/trees', 'tree-worker'],
  ['batch/scoring', 'score-worker'],
]) {
  const outdir = path.join(out, folder);
  await bundle({ ...common, splitting: false, outdir, entryPoints: { [file]: `src/${folder}/${file}.ts` } });
}
const server = path.join(out, 'server');
rmSync(server, { recursive: true, force: true });
mkdirSync(server, { recursive: true });
cpSync(path.join(root, 'dist/server'), server, { recursive: true });
// What pages start as workers, and what their digest is made of; their sources are those of the repository.
for (const folder of ['workers', 'web', 'site/format']) {
  rmSync(path.join(out, folder), { recursive: true, force: true });
  cpSync(path.join(root, 'dist', folder), path.join(out, folder), {
    recursive: true,
    filter: (file) => !/\.(map|d\.ts)$/.test(file),
  });
}
writeWhole(path.join(out, 'licences.txt'), licenceTexts(metafile));

if (values.check === true) {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  const changed = git('status', '--porcelain', '--', 'actions/dist').trim();
  if (changed !== '') {
    console.error(`The committed bundle of the actions is not what the sources make:\n${changed}`);
    console.error('Run `npm run actions` and commit actions/dist.');
    process.exitCode = 1;
  }
}
