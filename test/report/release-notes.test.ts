import { describe, expect, it } from 'vitest';
import { releaseNotes } from '../../src/report/index.ts';
import { cardCases } from './card-cases.ts';

const full = cardCases['a version with notes of its owner']!;
const headings = (text: string): string[] =>
  [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);

describe('V7: the notes of a release', () => {
  it('are where the version stands and its card, without metadata and without other versions', () => {
    const text = releaseNotes(full);
    expect(text).toMatch(/^Stands in (\*\*[a-z]+\*\*(, )?)+ now\. /);
    expect(text).not.toContain('---\nlicense');
    expect(text).toContain('For demonstrations. **Not a medical device.**');
    expect(headings(text)).toContain('Whom to ask');
    expect(headings(text)).not.toContain('Versions');
    expect(releaseNotes({ ...full, version: { ...full.version!, stages: [] } })).toMatch(
      /^Stands in no stage now/,
    );
    expect(releaseNotes({ ...full, version: { ...full.version!, archived: true } })).toMatch(/^Archived/);
  });

  it('lose whole sections where there is no room, the longest first, and say so', () => {
    const whole = releaseNotes(full);
    for (const limit of [whole.length - 1, 3_000, 1_000, 300]) {
      const text = releaseNotes(full, limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      expect(text).toContain('trainyard models card heart-disease@v1.1.0');
      for (const heading of headings(text)) expect(headings(whole)).toContain(heading);
      // A block of code that was begun is ended.
      expect(text.split('```').length % 2).toBe(1);
    }
    const owner = { heading: 'Whom to ask', text: 'x'.repeat(199_000) };
    const long = releaseNotes({ ...full, notes: { ...full.notes!, sections: [owner] } });
    expect(long.length).toBeLessThan(125_000);
    expect(headings(long)).toEqual(headings(whole).filter((heading) => heading !== 'Whom to ask'));
    expect(long).toContain('One section is too long for a release');
  });

  it('P5: make text of others harmless', () => {
    const text = releaseNotes(cardCases['a version with hostile text']!);
    expect(text).not.toMatch(/<img|<!--|@octocat|https:\/\/evil|\p{Cc}(?<!\n)/u);
  });
});
