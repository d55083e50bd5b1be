import { describe, expect, it } from 'vitest';
import { modelCard } from '../../src/report/index.ts';
import { cardCases } from '../report/card-cases.ts';
import { runPython } from './run-python.ts';

interface Read {
  readonly name: string;
  readonly license: string;
  readonly library: string;
  readonly task: string;
  readonly tags: readonly string[];
  readonly metrics: readonly string[];
  readonly results: readonly { readonly metric: string; readonly value: number; readonly args: unknown }[];
  readonly text: string;
}

async function readByHub(name: string): Promise<Read> {
  return JSON.parse(await runPython('model_card.py', modelCard(cardCases[name]!))) as Read;
}

describe('V7: huggingface_hub reads our model cards', () => {
  it('finds licence, library, task, tags, and every metric with its interval', async () => {
    const read = await readByHub('a version with notes of its owner');
    expect(read).toMatchObject({
      name: 'heart-disease',
      license: 'cc-by-4.0',
      library: 'onnx',
      task: 'tabular-classification',
      tags: ['trainyard', 'tabular', 'medicine'],
      metrics: ['roc_auc', 'recall', 'log_loss'],
    });
    expect(read.results).toContainEqual({
      metric: 'roc_auc',
      value: 0.912,
      args: { interval: [0.838, 0.967], level: 0.95 },
      dataset: 'patients',
      split: 'held-out',
      revision: expect.stringMatching(/^sha256:/),
      task: 'tabular-classification',
    });
    expect(read.text).toMatch(/^# heart-disease v1\.1\.0/);
  });

  it('is not led astray by hostile text', async () => {
    const read = await readByHub('a version with hostile text');
    expect(read.results.map(({ metric }) => metric)).toEqual(['roc_auc', 'recall', 'log_loss']);
    expect(read.license).toBe('unknown');
  });
});
