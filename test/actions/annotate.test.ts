import { expect, test } from 'vitest';
import { annotationOf } from '../../src/actions/annotate.ts';

test('an annotation ends each sentence with one full stop, however a failure wrote it', () => {
  const said = (message: string, remedy?: string): string =>
    annotationOf({ code: 'a', kind: 'input', message, ...(remedy === undefined ? {} : { remedy }) }, '.')
      .message;
  expect(said('It is so', 'Mend it')).toBe('It is so. Mend it.');
  expect(said('It is so.', 'Mend it.')).toBe('It is so. Mend it.');
  expect(said('Is it so?')).toBe('Is it so?');
});
