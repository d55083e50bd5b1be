import { describe, expect, it } from 'vitest';
import { partOf } from '../../site/compare/learning-charts.ts';
import { learningFileOf } from '../../src/site/compare/learning.ts';
import { readPage } from '../docs/rig/page.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a learning curve', () => {
  const blocks = readPage('docs/steps.md').blocks.filter(
    ({ directives }) => directives['tested by'] === 'test/site/learning.test.ts',
  );

  it('is read from lines of JSON as docs/steps.md shows them', () => {
    expect(learningFileOf(bytes(blocks[0]!.text))).toEqual({
      version: 1,
      unit: 'epoch',
      series: [
        { name: 'loss', steps: [1, 2, 3], values: [0.62, 0.48, 0.41] },
        { name: 'val_loss', steps: [1, 2, 3], values: [0.64, 0.57, 0.55] },
      ],
    });
  });

  it('is read from one object as docs/steps.md shows it', () => {
    expect(learningFileOf(bytes(blocks[1]!.text))).toEqual(JSON.parse(blocks[1]!.text));
  });

  it('counts lines where none says its step, leaves out what is no number, and sorts steps', () => {
    expect(learningFileOf(bytes('{"loss": 3}\n\n{"loss": 2, "note": "<b>"}\n{"loss": null}\n'))).toEqual({
      version: 1,
      unit: 'step',
      series: [{ name: 'loss', steps: [1, 2], values: [3, 2] }],
    });
    expect(learningFileOf(bytes('{"step": 2, "a": 1}\n{"step": 1, "a": 5}'))?.series[0]).toEqual({
      name: 'a',
      steps: [1, 2],
      values: [5, 1],
    });
  });

  it('keeps evenly chosen points of many, the first and the last, and some of many series', () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `{"step": ${i + 1}, "loss": ${1 / (i + 1)}}`);
    const [series] = learningFileOf(bytes(lines.join('\n')))!.series;
    expect(series!.steps.length).toBeLessThanOrEqual(500);
    expect([series!.steps[0], series!.steps.at(-1)]).toEqual([1, 20_000]);
    const wide = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`m${i}`, i]));
    expect(learningFileOf(bytes(JSON.stringify(wide)))!.series).toHaveLength(24);
  });

  it('is nothing where the file is something else', () => {
    for (const text of ['', 'loss 3', '[1, 2]', '"loss"', '{"loss": 1}\nnot JSON', '12', 'null', '\u0000']) {
      expect(learningFileOf(bytes(text)), text).toBeUndefined();
    }
  });

  it('goes beside the one of training rows where it is of validation rows', () => {
    expect(partOf('val_loss')).toEqual({ measure: 'loss', part: 'validation' });
    expect(partOf('training log_loss')).toEqual({ measure: 'log_loss', part: 'training' });
    expect(partOf('validation log_loss')).toEqual({ measure: 'log_loss', part: 'validation' });
    expect(partOf('out-of-bag error')).toEqual({ measure: 'out-of-bag error', part: 'training' });
  });
});
