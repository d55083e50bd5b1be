/**
 * Writes the parts of the documentation that are made from schemas and sources. In a page, `<!-- keys: X -->` begins a table of
 * keys of a schema (reference/tables.mjs) and `<!-- made: X -->` anything else of the list below; both end at `<!-- end -->`.
 *
 *     node scripts/make-reference.mjs           writes them
 *     node scripts/make-reference.mjs --check   names the pages that differ, and exits with 1
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandLine } from './reference/command-line.mjs';
import { decisions, errorCodes } from './reference/lists.mjs';
import { serverApi } from './reference/server-api.mjs';
import { withTables } from './reference/tables.mjs';

const project = new URL('../', import.meta.url);

/** The pages, and the schemas whose every key is in them. */
export const pages = {
  'docs/pipeline-file.md': ['pipeline'],
  'docs/project-file.md': ['trainyard'],
  'docs/run-record.md': ['run-record'],
  'docs/server-api.md': ['access'],
  'docs/cli.md': [],
  'docs/errors/README.md': [],
  'docs/decisions/README.md': [],
};

const makers = {
  'command line': commandLine,
  'server api': serverApi,
  'error codes': errorCodes,
  decisions,
};

/** The text of a page as schemas and sources have it now. */
export async function madePage(path, text) {
  let made = withTables(text, pages[path]);
  for (const [, name] of text.matchAll(/<!-- made: ([\w ]+) -->/g)) {
    const part = await makers[name]();
    const around = new RegExp(`<!-- made: ${name} -->\\n[\\s\\S]*?<!-- end -->`);
    made = made.replace(around, () => `<!-- made: ${name} -->\n\n${part}\n\n<!-- end -->`);
  }
  return made;
}

async function main() {
  for (const path of Object.keys(pages)) {
    const file = new URL(path, project);
    const before = readFileSync(file, 'utf8');
    const after = await madePage(path, before);
    if (!process.argv.includes('--check')) writeFileSync(file, after);
    else if (before !== after) {
      console.error(`${path} differs from what it is made of: run \`npm run reference\``);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
