import { Repository } from '../../rig/repository.ts';

const pipeline = 'pipelines/heart-disease/pipeline.yaml';

/** A repository whose pipeline has one forest of a few trees, run once on `main`; a branch `change` is checked out. */
export async function repositoryWithBaseline(): Promise<Repository> {
  const repository = Repository.withHeartDisease();
  repository.trainOnly('random-forest');
  repository.edit(pipeline, 'trees: 200', 'trees: 2');
  repository.edit(pipeline, 'min: 0.85', 'min: 0.8');
  repository.commit('One small forest');
  await ran(repository);
  repository.git('checkout', '--quiet', '-b', 'change');
  return repository;
}

/** Runs the pipeline; what its gates say is the report's matter. */
export async function ran(repository: Repository): Promise<void> {
  const answer = await repository.trainyard('run', 'heart-disease');
  if (answer.code !== 0 && answer.code !== 1) throw new Error(answer.stderr);
}

/** What somebody does on a branch, by the name of its comment. */
export const stories: Readonly<Record<string, (repository: Repository) => void>> = {
  good: (repository) => {
    repository.edit(pipeline, 'trees: 2', 'trees: 300');
    repository.commit('More trees');
  },
  bad: (repository) => {
    repository.edit(pipeline, '[age, trestbps, chol, thalach, oldpeak, ca]', '[age, trestbps, chol]');
    repository.edit(pipeline, '[sex, cp, restecg, slope, thal]', '[sex, restecg]');
    repository.edit(pipeline, '[fbs, exang]', '[fbs]');
    repository.commit('Only what is cheap to measure');
  },
  noisy: (repository) => {
    repository.edit(pipeline, 'seed: 7', 'seed: 8');
    repository.commit('Another seed');
  },
  'broken-data': (repository) => {
    const data = 'pipelines/heart-disease/data/cleveland.csv';
    const lines = repository.read(data).split('\n');
    lines[4] = lines[4]!.replace(/^([^,]*),\d+,/, '$1,641,');
    lines[9] = lines[9]!.replace(/,(?:male|female),/, ',unknown,');
    repository.write(data, lines.join('\n'));
    repository.commit('New export of the data');
  },
  'new-data': (repository) => {
    const data = 'pipelines/heart-disease/data/cleveland.csv';
    const contract = 'pipelines/heart-disease/patients.odcs.yaml';
    const [head, ...rows] = repository.read(data).trimEnd().split('\n');
    // Of older people with a higher blood pressure.
    const others = rows.slice(0, 150).map((row, at) => {
      const cells = row.split(',');
      const [age, pressure] = [Math.min(90, Number(cells[1]) + 8), Number(cells[4]) + 20];
      return [`P${500 + at}`, age, ...cells.slice(2, 4), pressure, ...cells.slice(5)].join(',');
    });
    repository.write(data, `${[head, ...rows, ...others].join('\n')}\n`);
    repository.edit(contract, 'version: 1.0.0', 'version: 1.1.0');
    repository.edit(contract, '{ minimum: 60, maximum: 260 }', '{ minimum: 60, maximum: 280 }');
    repository.commit('Rows of another clinic');
  },
  first: (repository) => {
    repository.git('branch', '--quiet', '--delete', '--force', 'trainyard/runs');
    repository.write('NOTES.md', 'The first pull request of a pipeline that never ran.\n');
    repository.commit('A note');
  },
  unchanged: (repository) => {
    repository.write('NOTES.md', 'Nothing that a pipeline reads.\n');
    repository.commit('A note');
  },
};
