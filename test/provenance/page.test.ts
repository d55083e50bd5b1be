import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkProject } from '../../src/pipeline/check-project.ts';
import { decodeSource, SourceText } from '../../src/pipeline/source.ts';
import { readYaml } from '../../src/pipeline/yaml.ts';
import { buildType, localBuilder } from '../../src/provenance/builder.ts';
import { loadTrust, signingOf } from '../../src/provenance/index.ts';
import { checkedLinks } from '../../src/provenance/verification.ts';

const page = readFileSync(new URL('../../docs/provenance.md', import.meta.url), 'utf8');

function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!);
}

describe('the page on provenance', () => {
  it.each(blocks('sh').filter((block) => block.includes('trust.pub')))(
    'shows commands that make keys which sign and are trusted: %s',
    async (commands) => {
      const cwd = mkdtempSync(join(tmpdir(), 'trainyard-page-'));
      try {
        execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd, stdio: 'pipe' });
        expect(await signingOf({ cwd, env: {}, key: 'signing.pem' })).toMatchObject({ ok: true });
        expect(await loadTrust(cwd, { keys: ['trust.pub'] })).toMatchObject({ ok: true });
        expect(statSync(join(cwd, 'signing.pem')).mode & 0o077).toBe(0);
      } finally {
        rmSync(cwd, { recursive: true });
      }
    },
  );

  it('shows project files without a mistake', () => {
    const examples = blocks('yaml').filter((block) => block.includes('provenance:'));
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      const text = example.startsWith('version') ? example : `version: 1\n${example}`;
      const source = decodeSource('trainyard.yaml', Buffer.from(text));
      if (!(source instanceof SourceText)) throw new Error(source.message);
      const { document, failures } = readYaml(source);
      expect([...failures, ...checkProject(document!)]).toEqual([]);
    }
  });

  it('explains every check, the build type and the builder', () => {
    for (const check of checkedLinks) expect(page).toContain(`\n| \`${check}\` |`);
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map((match) =>
      match[1]!
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const uri of [buildType, localBuilder]) expect(anchors).toContain(uri.split('#')[1]);
  });
});
