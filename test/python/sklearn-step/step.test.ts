import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { RunRecord } from '../../../src/runs/index.ts';
import { Repository } from '../../rig/repository.ts';

const script = fileURLToPath(new URL('train.py', import.meta.url));

test('T6: a scikit-learn step is trained on training rows only, measured like the others, and chosen among them', async () => {
  const python = process.env['TRAINYARD_PYTHON'];
  if (python === undefined) throw new Error('TRAINYARD_PYTHON is not set: start with `npm run test:python`');
  using repository = Repository.withHeartDisease({ programs: [dirname(python)] });
  copyFileSync(script, join(repository.folder, 'pipelines/heart-disease/train.py'));
  const file = 'pipelines/heart-disease/pipeline.yaml';
  repository.edit(
    file,
    '  evaluate:\n    needs: train\n',
    [
      '  sklearn:',
      '    needs: validate',
      '    run: python train.py',
      '    deps: [train.py]',
      '    params: [seed]',
      '    outs: { model: sklearn/model.onnx, metrics: sklearn/metrics.json }',
      '  evaluate:',
      '    needs: [train, sklearn]',
      '',
    ].join('\n'),
  );
  repository.commit('Add a step in Python');

  const run = await repository.trainyard('run', 'heart-disease', '--json');
  expect(run.code, run.stderr).toBe(0);
  const record = JSON.parse(run.stdout) as RunRecord;
  const step = record.steps.find(({ id }) => id === 'sklearn');
  expect(step?.status).toBe('ran');
  // Reported by the script on rows that it was given: the training rows, and no other.
  expect(step?.selfReported?.['train.rows']).toBe(record.data['patients']?.rows?.train);
  const auc = (id: string): number | undefined =>
    record.models.find((model) => model.step === id)?.evaluation?.metrics['roc_auc']?.value;
  // The same method on nearly the same features: what Trainyard measures of both is nearly the same.
  expect(auc('sklearn')).toBeGreaterThan(0.88);
  expect(Math.abs(auc('sklearn')! - auc('train[logistic-regression]')!)).toBeLessThan(0.03);
  expect(record.models).toHaveLength(5);

  // A parameter that the script does not read leaves it alone; its source does not.
  const dryRun = async (...args: string[]): Promise<string> => {
    const answer = await repository.trainyard('run', 'heart-disease', '--dry-run', ...args);
    return answer.stdout.split('\n').find((line) => line.includes(' sklearn ')) ?? '';
  };
  expect(await dryRun('--param', 'trees=50')).toContain('re-use');
  repository.edit('pipelines/heart-disease/train.py', 'max_iter=1000', 'max_iter=2000');
  expect(await dryRun()).toMatch(/run +train\.py changed/);
});
