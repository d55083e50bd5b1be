import { describe, expect, it } from 'vitest';
import { readInputs } from '../../src/actions/read-inputs.ts';

const specs = {
  pipeline: { kind: 'text', required: true, description: 'The pipeline.' },
  force: { kind: 'lines', description: 'Steps.' },
  push: { kind: 'flag', description: 'Whether.' },
  jobs: { kind: 'number', description: 'How many.' },
} as const;

const read = (texts: Readonly<Record<string, string>>) => readInputs(specs, (name) => texts[name] ?? '');

describe('inputs of an action', () => {
  it('are read as their kind says, without white space around them', () => {
    const values = read({
      pipeline: ' heart-disease\n',
      force: 'train\n\n  evaluate \n',
      push: 'true',
      jobs: '2',
    });
    expect(values).toEqual({
      ok: true,
      value: { pipeline: 'heart-disease', force: ['train', 'evaluate'], push: true, jobs: 2 },
    });
  });

  it('that were not given are undefined, false or empty', () => {
    const values = read({ pipeline: 'a' });
    expect(values).toEqual({ ok: true, value: { pipeline: 'a', force: [], push: false, jobs: undefined } });
  });

  it('that are wrong are all named at once, with what to write', () => {
    const values = read({ push: 'yes', jobs: '-1' });
    expect(values.ok).toBe(false);
    if (values.ok) return;
    expect(values.failure.map(({ code }) => code)).toEqual([
      'actions-input-missing',
      'actions-input-invalid',
      'actions-input-invalid',
    ]);
    expect(values.failure[1]!.message).toContain('`push` is "yes", not `true` or `false`');
  });
});
