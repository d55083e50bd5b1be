/** Inputs that several actions have, so that they mean the same in all of them. */
export const directory: { readonly kind: 'text'; readonly default: string; readonly description: string } = {
  kind: 'text',
  default: '.',
  description: 'Folder of the project, as a path from the root of the repository.',
};

export const pipeline: { readonly kind: 'text'; readonly required: true; readonly description: string } = {
  kind: 'text',
  required: true,
  description: 'Name of the pipeline: the folder below `pipelines/`.',
};

/** The one of the job, unless the caller gives another. */
export const token: {
  readonly kind: 'text';
  readonly required: true;
  readonly default: string;
  readonly secret: true;
  readonly description: string;
} = {
  kind: 'text',
  required: true,
  secret: true,
  default: '${{ github.token }}',
  description: 'Token for GitHub; the job says in `permissions:` what it may.',
};

export const release: { readonly kind: 'flag'; readonly default: string; readonly description: string } = {
  kind: 'flag',
  default: 'true',
  description:
    'Writes the model card of the version, and where it stands, as the notes of a release of its tag.',
};
