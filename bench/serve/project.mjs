import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRegistry } from '../../dist/commands/open-registry.js';
import { packServable } from '../../dist/commands/pack-servable.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const main = join(repository, 'dist/bin/trainyard.js');

/** What both sides train with. */
export const boosting = { trees: 100, 'max-depth': 6, 'learning-rate': 0.1, 'min-samples-leaf': 20, l2: 0 };

export const models = [
  { name: 'heart-disease', features: 13 },
  { name: 'breast-cancer', features: 30 },
];

/**
 * A repository with two trained models: 13 columns of numbers and texts, and 30 columns of numbers. Returns what a
 * bench needs of each: the folder of its servable, the file and target of its data, and one row as a request.
 */
export async function trainModels(root, python) {
  writeHeartDisease(join(root, 'pipelines/heart-disease'));
  writeBreastCancer(join(root, 'pipelines/breast-cancer'), python);
  writeFileSync(join(root, 'trainyard.yaml'), 'version: 1\nstore: file:.trainyard/store\n');
  writeFileSync(join(root, '.gitignore'), '.trainyard/\n');
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: 'ignore' });
  git('init', '--quiet', '--initial-branch', 'main');
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'add', '.');
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'commit', '--quiet', '-m', 'Data');
  const trained = [];
  for (const { name, features } of models) {
    execFileSync(process.execPath, [main, 'run', name], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'bench@example.org' },
    });
    const servable = await pack(root, name);
    const csv = join(root, 'pipelines', name, 'data.csv');
    const target = name === 'heart-disease' ? 'diagnosis' : 'target';
    trained.push({ name, features, csv, target, servable, row: rowOf(csv) });
  }
  return trained;
}

/** The folder of the servable of the last run, as `trainyard serve` writes it. */
async function pack(root, name) {
  const registry = await openRegistry({ cwd: root, env: process.env });
  if (!registry.ok) throw new Error(registry.failure[0].message);
  const folder = join(root, 'servables', name);
  const packed = await packServable('run:latest', { ...registry.value, cwd: root }, folder);
  if (!packed.ok) throw new Error(packed.failure[0].message);
  return folder;
}

/** The values of the first row without its key and target, as a request writes them. */
function rowOf(csv) {
  const [header, first] = readFileSync(csv, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const entries = header.map((name, i) => [name, first[i]]).slice(1, -1);
  return Object.fromEntries(
    entries.map(([name, text]) => [name, Number.isNaN(Number(text)) ? text : Number(text)]),
  );
}

function writeHeartDisease(folder) {
  const from = join(repository, 'pipelines/heart-disease');
  mkdirSync(folder, { recursive: true });
  cpSync(join(from, 'data/cleveland.csv'), join(folder, 'data.csv'));
  cpSync(join(from, 'patients.odcs.yaml'), join(folder, 'contract.odcs.yaml'));
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    pipeline({
      name: 'heart-disease',
      key: 'patient_id',
      target: 'diagnosis',
      features: [
        '{ columns: [age, trestbps, chol, thalach, oldpeak, ca, fbs, exang] }',
        '{ columns: [sex, cp, restecg, slope, thal], encode: one-hot }',
      ],
    }),
  );
}

function writeBreastCancer(folder, python) {
  mkdirSync(folder, { recursive: true });
  const csv = join(folder, 'data.csv');
  execFileSync(python, [fileURLToPath(new URL('./data.py', import.meta.url)), csv], { stdio: 'inherit' });
  const columns = readFileSync(csv, 'utf8').split(/\r?\n/, 1)[0].split(',').slice(1, -1);
  const property = (name) =>
    `      - { name: ${name}, logicalType: number, required: true, logicalTypeOptions: { minimum: 0, maximum: 10000 } }`;
  writeFileSync(
    join(folder, 'contract.odcs.yaml'),
    [
      'apiVersion: v3.1.0',
      'kind: DataContract',
      'id: breast-cancer',
      'name: Breast cancer',
      'version: 1.0.0',
      'status: active',
      'schema:',
      '  - name: tumours',
      '    physicalType: csv',
      '    properties:',
      '      - { name: id, logicalType: string, required: true, unique: true }',
      ...columns.map(property),
      '      - { name: target, logicalType: integer, required: true }',
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    pipeline({
      name: 'breast-cancer',
      key: 'id',
      target: 'target',
      features: [`{ columns: [${columns.join(', ')}] }`],
    }),
  );
}

function pipeline({ name, key, target, features }) {
  const options = Object.entries(boosting).map(([option, value]) => `${option}: ${value}`);
  return [
    'version: 1',
    `name: ${name}`,
    'data:',
    '  rows:',
    `    path: pipelines/${name}/data.csv`,
    '    contract: contract.odcs.yaml',
    `    key: ${key}`,
    `    target: ${target}`,
    '    positive: 1',
    `    split: { test: 0.25, stratify: ${target} }`,
    'features:',
    ...features.map((feature) => `  - ${feature}`),
    'steps:',
    `  train: { uses: train, with: { data: rows, estimator: gradient-boosting, ${options.join(', ')} } }`,
    '  evaluate: { uses: evaluate, needs: train, with: { data: rows } }',
    '  choose: { uses: choose, needs: evaluate, with: { metric: roc_auc } }',
    'model: { from: choose }',
    '',
  ].join('\n');
}
