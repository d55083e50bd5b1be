import { Repository } from '../../rig/repository.ts';

const pipeline = 'pipelines/heart-disease/pipeline.yaml';

/** A repository whose pipeline has one forest of a few trees, run once on `main`; a branch `change` is checked out. */
export async function repositoryWithBaseline(): Promise<Repository> {
  const repository = Repository.withHeartDisease();
  repository.edit(
    pipeline,
    'estimator: [baseline, logistic-regression, random-forest, gradient-boosting]',
    'estimator: [random-forest]',
  );
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
  unchanged: (repository) => {
    repository.write('NOTES.md', 'Nothing that a pipeline reads.\n');
    repository.commit('A note');
  },
};
