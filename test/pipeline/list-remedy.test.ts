import { describe, expect, it } from 'vitest';
import { remedyForType } from '../../src/pipeline/shape-problems.ts';

describe('a text where a list must be', () => {
  const version = { type: 'string', pattern: '^#[a-z]+$', patternErrorMessage: 'write `#<stage>`' } as const;

  it('is told the list that it should be, so that it can be copied', () => {
    expect(remedyForType('src/train.py', 'a list')).toBe('write a list: `[src/train.py]`');
    expect(remedyForType('#staging', 'a list', version)).toBe('write a list: `["#staging"]`');
    expect(remedyForType('a, b', 'a list')).toBe('write a list: `["a, b"]`');
  });

  it('is told no list that would be refused as well', () => {
    expect(remedyForType('staging', 'a list', version)).toBe('in a list, write `#<stage>`');
  });
});
