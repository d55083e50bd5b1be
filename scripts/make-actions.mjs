/**
 * Writes what is made of src/actions: the action.yml of every action, docs/actions.md, and the bundle
 * (scripts/bundle-actions.mjs). Build first.
 *
 *     npm run actions              writes them
 *     npm run actions -- --check   says which differ, and exits with 1
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { actionFile, actions, actionsPage } from '../dist/actions/index.js';

const project = new URL('../', import.meta.url);

/** Path and text of everything that is made. */
export function made() {
  return [
    ...actions.map((action) => [`actions/${action.name}/action.yml`, actionFile(action)]),
    ['docs/actions.md', actionsPage(actions)],
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of made()) {
    const file = new URL(path, project);
    if (!process.argv.includes('--check')) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${path} is not what src/actions says: run npm run actions`);
      process.exitCode = 1;
    }
  }
  const bundle = fileURLToPath(new URL('bundle-actions.mjs', import.meta.url));
  const done = spawnSync(process.execPath, [bundle, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (done.status !== 0) process.exitCode = 1;
}
