import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const main = join(repository, 'dist/bin/trainyard.js');

/** Trains gradient boosting on heart-disease in a repository of its own, and gives the folder of its servable. */
export function packModels(root) {
  const folder = join(root, 'pipelines/heart-disease');
  mkdirSync(folder, { recursive: true });
  const from = join(repository, 'pipelines/heart-disease');
  cpSync(join(from, 'data/cleveland.csv'), join(folder, 'data.csv'));
  cpSync(join(from, 'patients.odcs.yaml'), join(folder, 'contract.odcs.yaml'));
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    `version: 1
name: heart-disease
data:
  rows:
    path: pipelines/heart-disease/data.csv
    contract: contract.odcs.yaml
    key: patient_id
    target: diagnosis
    positive: 1
    split: { test: 0.25, stratify: diagnosis }
features:
  - { columns: [age, trestbps, chol, thalach, oldpeak, ca, fbs, exang] }
  - { columns: [sex, cp, restecg, slope, thal], encode: one-hot }
steps:
  train: { uses: train, with: { data: rows, estimator: gradient-boosting, trees: 100, max-depth: 6, learning-rate: 0.1, min-samples-leaf: 20, l2: 0 } }
  evaluate: { uses: evaluate, needs: train, with: { data: rows } }
  choose: { uses: choose, needs: evaluate, with: { metric: roc_auc } }
model: { from: choose }
`,
  );
  writeFileSync(join(root, 'trainyard.yaml'), 'version: 1\nstore: file:.trainyard/store\n');
  writeFileSync(join(root, '.gitignore'), '.trainyard/\n');
  const name = {
    GIT_AUTHOR_NAME: 'Bench',
    GIT_AUTHOR_EMAIL: 'bench@example.org',
    GIT_COMMITTER_NAME: 'Bench',
    GIT_COMMITTER_EMAIL: 'bench@example.org',
  };
  const call = (command, ...args) =>
    execFileSync(command, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...name },
    });
  call('git', 'init', '--quiet', '--initial-branch', 'main');
  call('git', 'add', 'trainyard.yaml', '.gitignore', 'pipelines');
  call('git', 'commit', '--quiet', '-m', 'Data');
  call(process.execPath, main, 'run', 'heart-disease');
  // A prediction packs the servable that it needs.
  call(
    process.execPath,
    main,
    'predict',
    'run:latest',
    '--input',
    join(folder, 'data.csv'),
    '--output',
    join(root, 'first.csv'),
  );
  const packed = join(root, '.trainyard/servables/heart-disease');
  return join(packed, readdirSync(packed)[0]);
}
