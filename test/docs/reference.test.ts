import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error The script has no types.
import { madePage as made, pages as madePages } from '../../scripts/make-reference.mjs';
// @ts-expect-error The script has no types.
import { definitionsWithKeys as definitions } from '../../scripts/reference/tables.mjs';
import {
  columnKeys,
  contractKeys,
  optionKeys,
  qualityKeys,
  tableKeys,
} from '../../src/contract/read/keys.ts';
import { root } from './rig/page.ts';
import { mistakeIn, verbs } from './rig/parse-call.ts';

const madePage = made as (path: string, text: string) => Promise<string>;
const definitionsWithKeys = definitions as (schema: string) => readonly string[];
const pages = Object.entries(madePages as Record<string, readonly string[]>);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the reference', () => {
  it.each(pages)('%s is what schemas and sources say: else run `npm run reference`', async (path) => {
    const text = read(path);
    expect(await madePage(path, text)).toBe(text);
  });

  it.each(pages)('%s has a table for every map of its schemas', (path, schemas) => {
    const shown = [...read(path).matchAll(/<!-- keys: ([\w-]+) -->/g)].map((match) => match[1]!);
    expect(shown.sort()).toEqual(schemas.flatMap(definitionsWithKeys).sort());
  });

  it('V3 has every verb of the command line, each with an example that is right', async () => {
    const page = read('docs/cli.md');
    for (const name of verbs().keys()) {
      const section = page.split(`\n## \`trainyard ${name}\`\n`)[1]?.split('\n## ')[0];
      expect(section, name).toContain(`\ntrainyard ${name}`);
    }
    expect(await mistakeIn(['serve'])).toContain('missing required argument');
    expect(await mistakeIn(['runs', 'lst'])).toContain('unknown command');
    expect(await mistakeIn(['run', 'a', '--parm', 'b=1'])).toContain('unknown option');
  });

  it('says of every key of a contract what becomes of it', () => {
    const page = read('docs/contract.md');
    const keysIn = (heading: string): string[] => {
      const section = page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
      const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map((match) => match[1]!);
      return cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map((match) => match[1]!)).sort();
    };
    expect(keysIn('The document')).toEqual([...contractKeys].sort());
    expect(keysIn('A table')).toEqual([...tableKeys].sort());
    expect(keysIn('A column')).toEqual([...columnKeys].sort());
    expect(keysIn('Options of a type')).toEqual([...new Set(Object.values(optionKeys).flat())].sort());
    expect(keysIn('Quality')).toEqual([...qualityKeys].sort());
  });
});
