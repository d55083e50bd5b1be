import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('../../', import.meta.url));

const rooms = readdirSync(join(project, 'src'));

/** Every code that a room can give stands as a literal in one of its files of failures: `'<room>-...'`. */
function codesInSources(): Set<string> {
  const codes = new Set<string>();
  for (const entry of readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('failures.ts')) continue;
    const text = readFileSync(join(project, 'src', entry), 'utf8');
    for (const match of text.matchAll(/'([a-z]+)(-[a-z0-9]+)+'/g)) {
      if (rooms.includes(match[1]!)) codes.add(match[0].slice(1, -1));
    }
  }
  return codes;
}

function codesInDocs(): string[] {
  return readdirSync(join(project, 'docs/errors')).flatMap((file) => {
    const text = readFileSync(join(project, 'docs/errors', file), 'utf8');
    return [...text.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]!);
  });
}

describe('the pages of error codes', () => {
  it('name every code that the sources can give, once, and no other', () => {
    const documented = codesInDocs();
    expect([...documented].sort()).toEqual([...codesInSources()].sort());
  });
});
