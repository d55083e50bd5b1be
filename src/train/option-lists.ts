import type { EstimatorOption } from './estimator.ts';

const trees = (standard: number): EstimatorOption => ({
  name: 'trees',
  description: 'Number of trees; for several classes boosting grows so many for each class.',
  type: 'integer',
  default: standard,
  minimum: 1,
  maximum: 10_000,
});

const maxBins: EstimatorOption = {
  name: 'max-bins',
  description: 'Numbers are sorted into at most so many bins; columns with fewer distinct values are exact.',
  type: 'integer',
  default: 255,
  minimum: 2,
  maximum: 255,
};

const l2 = (description: string, standard: number): EstimatorOption => ({
  name: 'l2',
  description,
  type: 'number',
  default: standard,
  minimum: 0,
  maximum: 1e12,
});

const maxIterations = (standard: number): EstimatorOption => ({
  name: 'max-iterations',
  description: 'The search for the best coefficients stops after so many iterations.',
  type: 'integer',
  default: standard,
  minimum: 1,
  maximum: 1_000_000,
});

export const baselineOptions: readonly EstimatorOption[] = [];

export const logisticRegressionOptions: readonly EstimatorOption[] = [
  l2(
    'Penalty: half of this times the sum of the squared coefficients is added to the sum of the losses (`1 / C` of scikit-learn). The intercept is free.',
    1,
  ),
  maxIterations(1_000),
];

export const ridgeOptions: readonly EstimatorOption[] = [
  l2(
    'Penalty: this times the sum of the squared coefficients is added to the sum of the squared errors (`alpha` of scikit-learn). The intercept is free.',
    1,
  ),
];

export const sgdOptions: readonly EstimatorOption[] = [
  {
    name: 'loss',
    description:
      'What a row costs: `squared` (half the squared error), or `huber`, which outliers pull less.',
    type: 'string',
    default: 'squared',
    choices: ['squared', 'huber'],
  },
  {
    name: 'huber-width',
    description: 'Errors up to this cost their square, larger ones only their size; in units of the target.',
    type: 'number',
    default: 1.35,
    minimum: 1e-12,
    maximum: 1e12,
  },
  l2(
    'Penalty: half of this times the sum of the squared coefficients is added to the mean loss (`alpha` of scikit-learn). The intercept is free.',
    0.0001,
  ),
  {
    name: 'learning-rate',
    description: 'Size of the first step.',
    type: 'number',
    default: 0.01,
    minimum: 1e-12,
    maximum: 1_000,
  },
  {
    name: 'schedule',
    description:
      'How steps shrink: `inverse-scaling` (learning rate / step ^ power), `constant`, or `adaptive` (a fifth when the loss stops falling).',
    type: 'string',
    default: 'inverse-scaling',
    choices: ['inverse-scaling', 'constant', 'adaptive'],
  },
  {
    name: 'power',
    description: 'Exponent of the schedule `inverse-scaling`.',
    type: 'number',
    default: 0.25,
    minimum: 0,
    maximum: 1,
  },
  {
    name: 'epochs',
    description: 'Most passes over the rows.',
    type: 'integer',
    default: 1_000,
    minimum: 1,
    maximum: 1_000_000,
  },
  {
    name: 'tolerance',
    description:
      'An epoch counts as progress when the loss falls by more than this share of it; null runs all epochs.',
    type: 'number',
    default: 0.001,
    minimum: 0,
    maximum: 1,
    nullable: true,
  },
  {
    name: 'patience',
    description: 'Training stops after so many epochs without progress.',
    type: 'integer',
    default: 5,
    minimum: 1,
    maximum: 1_000_000,
  },
  {
    name: 'validation-share',
    description:
      'Share of the training rows, drawn by the seed, on which progress is judged; 0 judges by the training loss.',
    type: 'number',
    default: 0,
    minimum: 0,
    maximum: 0.5,
  },
  {
    name: 'average',
    description: 'The answer is the mean of the coefficients over all steps after the first epoch.',
    type: 'boolean',
    default: true,
  },
];

export const randomForestOptions: readonly EstimatorOption[] = [
  trees(100),
  {
    name: 'max-depth',
    description: 'Most questions on the way from root to leaf; null for no limit.',
    type: 'integer',
    default: null,
    minimum: 1,
    maximum: 64,
  },
  {
    name: 'min-samples-leaf',
    description: 'Fewest training rows in a leaf.',
    type: 'integer',
    default: 1,
    minimum: 1,
    maximum: 1_000_000_000,
  },
  {
    name: 'max-features',
    description:
      'Columns that are looked at for each question: `auto` (square root of all for classes, a third for numbers), `sqrt`, `third`, `all`.',
    type: 'string',
    default: 'auto',
    choices: ['auto', 'sqrt', 'third', 'all'],
  },
  {
    name: 'bootstrap',
    description: 'Each tree learns from rows drawn with replacement.',
    type: 'boolean',
    default: true,
  },
  maxBins,
];

export const gradientBoostingOptions: readonly EstimatorOption[] = [
  trees(100),
  {
    name: 'learning-rate',
    description: 'Share of each tree that is added.',
    type: 'number',
    default: 0.1,
    minimum: 1e-6,
    maximum: 1,
  },
  {
    name: 'max-depth',
    description: 'Most questions on the way from root to leaf; null for no limit (then give `max-leaves`).',
    type: 'integer',
    default: 6,
    minimum: 1,
    maximum: 64,
    nullable: true,
  },
  {
    name: 'max-leaves',
    description: 'Most leaves of a tree: the best question is asked first until so many; null for no limit.',
    type: 'integer',
    default: null,
    minimum: 2,
    maximum: 65_536,
  },
  {
    name: 'min-samples-leaf',
    description: 'Fewest training rows in a leaf.',
    type: 'integer',
    default: 20,
    minimum: 1,
    maximum: 1_000_000_000,
  },
  l2('Penalty on the values of leaves. Row weights are scaled to a mean of 1 first.', 1),
  {
    name: 'subsample',
    description: 'Share of the rows, drawn anew by the seed, that each round learns from.',
    type: 'number',
    default: 1,
    minimum: 0.01,
    maximum: 1,
  },
  {
    name: 'columns-share',
    description: 'Share of the columns, drawn anew by the seed, that each tree may ask about.',
    type: 'number',
    default: 1,
    minimum: 0.01,
    maximum: 1,
  },
  {
    name: 'early-stopping',
    description:
      'Training stops after so many rounds without a better loss on validation rows, and keeps the best round; 0 grows all trees.',
    type: 'integer',
    default: 0,
    minimum: 0,
    maximum: 10_000,
  },
  {
    name: 'validation-share',
    description: 'Share of the training rows, drawn by the seed, that early stopping keeps for validation.',
    type: 'number',
    default: 0.1,
    minimum: 0.01,
    maximum: 0.5,
  },
  maxBins,
];

/** Every name that is an option of some estimator. */
export const allOptionNames: ReadonlySet<string> = new Set(
  [logisticRegressionOptions, ridgeOptions, sgdOptions, randomForestOptions, gradientBoostingOptions].flatMap(
    (list) => list.map((option) => option.name),
  ),
);
