import { expect, it } from 'vitest';
import { stageBaseline } from '../../src/registry/index.ts';
import { Book, commitOf, digestOf, makeTag, stateOf } from './tags.ts';

it('the baseline of a stage is what stands there by events that count, and never what a tag asks for', async () => {
  const book = new Book();
  book.register('v1.0.0');
  expect(stageBaseline(await book.state(), 'production')).toEqual({
    name: 'production',
    origin: 'no version of heart-disease stands in production',
  });
  book.assign('v1.0.0', 'production');
  // A weak model would make every gate easy.
  const forged = JSON.stringify({ digest: digestOf('weak') });
  const tags = [...book.tags, makeTag('heart-disease#production#9', commitOf('weak'), forged)];
  expect(stageBaseline(await stateOf('heart-disease', tags, book.head!), 'production')).toEqual({
    name: 'production',
    digest: digestOf('v1.0.0'),
    origin: 'v1.0.0 by the tag heart-disease#production#1',
  });
  book.unassign('v1.0.0', 'production');
  expect(stageBaseline(await book.state(), 'production').digest).toBeUndefined();
});
