import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { modelCard, readOwnerNotes } from '../../src/report/index.ts';
import { cardCases, ownersText } from './card-cases.ts';

// UPDATE_GOLDEN=1 writes the cards anew; look at what changed before committing it. CI never does.
const update = process.env['UPDATE_GOLDEN'] === '1' && process.env['CI'] === undefined;

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`./golden-cards/${name.replaceAll(' ', '-')}.md`, import.meta.url));

const card = (name: string): string => modelCard(cardCases[name]!);
const full = 'a version with notes of its owner';

describe('V7: model cards are as they were last looked at', () => {
  for (const name of Object.keys(cardCases)) {
    test(name, () => {
      if (update) {
        mkdirSync(dirname(fileOf(name)), { recursive: true });
        writeFileSync(fileOf(name), card(name));
      }
      expect(card(name)).toBe(readFileSync(fileOf(name), 'utf8'));
    });
  }
});

describe('V7: a model card', () => {
  it('speaks of the usual metric where the record says of none that it is looked at first, as pages do', () => {
    const facts = cardCases[full]!;
    const { mainMetric: _, model: chosen, ...rest } = facts.record;
    const { choice: __, ...model } = chosen!;
    const text = modelCard({ ...facts, record: { ...rest, model } });
    expect(text).toContain('| sex | rows | roc_auc |');
    expect(text).not.toContain('Nobody looked at groups of rows');
    expect(text).not.toContain('Nothing is known of how well it does');
  });

  it("says what was measured in its metadata, and keeps the owner's licence, language and tags", () => {
    const metadata = parse(/^---\n([\s\S]*?)\n---\n/.exec(card(full))![1]!) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      license: 'cc-by-4.0',
      language: ['en'],
      library_name: 'onnx',
      tags: ['trainyard', 'tabular', 'medicine'],
      pipeline_tag: 'tabular-classification',
    });
    const [index] = metadata['model-index'] as { results: { metrics: object[]; dataset: object }[] }[];
    expect(index!.results[0]!.metrics).toContainEqual({
      type: 'roc_auc',
      value: 0.912,
      name: 'roc_auc',
      args: { interval: [0.838, 0.967], level: 0.95 },
    });
    expect(index!.results[0]!.dataset).toMatchObject({ name: 'patients', split: 'held-out' });
  });

  it("puts the owner's words under our headings, and own headings before the lineage", () => {
    const prose = card(full).replaceAll(/```[\s\S]*?```/g, '');
    const headings = [...prose.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings.indexOf('Whom to ask')).toBe(headings.indexOf('Where it comes from') - 1);
    expect(headings.filter((heading) => heading === 'Limits')).toHaveLength(1);
    expect(/## Limits\n([\s\S]*?)\n## /.exec(card(full))![1]).toContain('one hospital, 1988.');
    expect(card(full)).toContain('# heart-disease v1.1.0\n\nFor demonstrations. **Not a medical device.**');
    expect(prose.match(/^# /gm)).toHaveLength(1);
  });

  it('P5: tells nothing of personal columns, and no address of a person', () => {
    for (const text of ['Grace Hopper', '8001', 'postcode', 'ada@example.org']) {
      expect(card(full)).not.toContain(text);
    }
  });

  it('names the worst group, and what cannot be known', () => {
    expect(card(full)).toContain('Of the groups of `sex`, `female` is served worst');
    expect(card(full)).toContain('How it does where `age` is `< 45` is not known: 9 rows were held out.');
    expect(card(full)).toContain('cannot be told from it by these rows');
    expect(card(full)).toContain('Its data were read on 2026-11-21');
  });

  it('P5: makes text of others harmless, in metadata and in the text', () => {
    const text = card('a version with hostile text');
    expect(text).not.toMatch(/<img|<!--|@octocat|https:\/\/evil|\p{Cc}(?<!\n)/u);
    expect(text.split('\n---\n')).toHaveLength(2);
  });
});

describe("the owner's notes", () => {
  const notes = (text: string) => readOwnerNotes('pipelines/x/model-card.md', text);

  it('are read whatever the ends of lines, and with or without metadata', () => {
    const plain = notes(ownersText);
    expect(notes(ownersText.replaceAll('\n', '\r\n'))).toEqual(plain);
    expect(plain.ok && plain.value.sections.map(({ heading }) => heading)).toEqual(['Limits', 'Whom to ask']);
    const without = notes('Only words.');
    expect(without.ok && without.value).toEqual({ metadata: {}, opening: 'Only words.', sections: [] });
    expect(notes('').ok).toBe(true);
    expect(notes('---\n---\n').ok).toBe(true);
  });

  it.each([
    ['metadata that are no YAML', '---\na: [\n---\n'],
    ['metadata that are a list', '---\n- a\n---\n'],
    ['aliases, which can grow without end', '---\na: &a [1]\nb: *a\n---\n'],
    ['more than anybody reads', 'x'.repeat(200_001)],
  ])('are refused with %s', (_, text) => {
    const answer = notes(text);
    expect(!answer.ok && answer.failure.code).toBe('report-notes-invalid');
    expect(!answer.ok && answer.failure.place?.file).toBe('pipelines/x/model-card.md');
  });
});
