import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { dataUnusable, keyUnknown, nameInvalid, targetUnknown } from './failures.ts';
import { inferColumns } from './infer-columns.ts';
import type { PipelineToWrite } from './pipeline-files.ts';
import { contractYaml, featuresOf, pipelineYaml } from './pipeline-files.ts';
import { readRows } from './read-rows.ts';
import { sample, sampleCsv } from './sample-rows.ts';

export interface FileToWrite {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface OwnData {
  /** As the user named it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** From the root of the project, when it lies in it. */
  readonly inside: string | undefined;
  readonly target: string | undefined;
  readonly key: readonly string[];
  readonly name: string | undefined;
}

/** A pipeline of the user's rows, with a contract inferred from them. */
export function ownPipeline(own: OwnData): Result<readonly FileToWrite[], Failure> {
  const rows = readRows(own.file, own.bytes);
  if (!rows.ok) return rows;
  const columns = inferColumns(rows.value);
  const names = columns.map(({ name }) => name);
  const target = columns.find(({ name }) => name === own.target);
  if (target === undefined) return failed(targetUnknown(own.target, names));
  if (target.categories === undefined && target.type !== 'boolean' && target.range === undefined) {
    return failed(dataUnusable(own.file, `\`${target.name}\` has too many different texts to be predicted`));
  }
  const unknown = own.key.find((name) => !names.includes(name));
  if (unknown !== undefined) return failed(keyUnknown(`there is no column \`${unknown}\``));
  const found = columns.find(
    ({ name, unique, type }) =>
      unique && name !== target.name && (type === 'string' || type === 'integer' || type === 'timestamp'),
  );
  const key = own.key.length > 0 ? own.key : found === undefined ? [] : [found.name];
  if (key.length === 0) return failed(keyUnknown('no column has another value in each row'));
  const name = own.name ?? nameOf(own.file);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 64) return failed(nameInvalid(name));
  const data = own.inside ?? `pipelines/${name}/data/${name}.csv`;
  const made: PipelineToWrite = {
    name,
    description: `Predict ${target.name}.`,
    data,
    delimiter: rows.value.delimiter,
    columns,
    key,
    target,
  };
  const { numbers, categories } = featuresOf(made);
  if (numbers.length + categories.length === 0) {
    return failed(dataUnusable(own.file, 'no column is left to predict from'));
  }
  return success([
    ...pipelineFiles(made),
    ...(own.inside === undefined ? [{ path: data, content: own.bytes }] : []),
  ]);
}

function nameOf(file: string): string {
  const base = file
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.[^.]*$/, '');
  return base
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
    .slice(0, 64);
}

/** A pipeline that runs as it is, on rows that are nobody's. */
export function samplePipeline(): readonly FileToWrite[] {
  const csv = sampleCsv();
  const rows = readRows('sample', new TextEncoder().encode(csv));
  if (!rows.ok) throw new Error(rows.failure.message);
  const columns = inferColumns(rows.value);
  const data = `pipelines/${sample.name}/data/pumps.csv`;
  const target = columns.find(({ name }) => name === sample.target)!;
  return [
    ...pipelineFiles({ ...sample, data, delimiter: ',', columns, target }),
    { path: data, content: csv },
    {
      path: `pipelines/${sample.name}/data/README.md`,
      content: `# pumps.csv

400 pumps that never were, made by \`trainyard init\` with a fixed seed: nobody's data, free for any use (CC0-1.0). Each row
is a pump: where it stands, its age, what its sensors say, and whether it failed within a week.
`,
    },
  ];
}

function pipelineFiles(made: PipelineToWrite): readonly FileToWrite[] {
  const folder = `pipelines/${made.name}`;
  return [
    { path: `${folder}/pipeline.yaml`, content: pipelineYaml(made) },
    { path: `${folder}/rows.odcs.yaml`, content: contractYaml(made) },
  ];
}

export const projectYaml = `version: 1
store: file:.trainyard/store            # or s3://bucket/prefix, oci://registry/repository: then jobs share it
runs: { branch: trainyard/runs }        # run records, on a branch of their own
stages:                                 # of models, in order
  - { name: staging, auto: true }       # every version that passes its gates
  - { name: production, from: staging, environment: production }
`;

export const ignoreFile = `.trainyard/
`;

export function readme(pipelines: readonly string[], withWorkflows: boolean): string {
  const first = pipelines[0] ?? 'my-pipeline';
  return `# Models of this repository

Made with [Trainyard](https://github.com/trainyard/trainyard): pipelines are files, runs and versions are commits and tags.

\`\`\`sh
trainyard check
trainyard run ${first}
trainyard runs list
\`\`\`

| file | what it says |
| --- | --- |
| \`trainyard.yaml\` | where bytes and records go; the stages of models |
| \`pipelines/<name>/pipeline.yaml\` | data, features, candidates, gates, triggers |
| \`pipelines/<name>/*.odcs.yaml\` | the contract: what each column may hold |
${
  withWorkflows
    ? `| \`.github/workflows/trainyard-*.yml\` | what starts when: pull requests, the default branch, tags, times |

Change a parameter in a pull request, and its comment says what came of it. Bring a version to production with a tag:

\`\`\`sh
git tag "${first}#production#2" "${first}@v1.0.0^{}" && git push origin "${first}#production#2"
\`\`\`
`
    : ''
}`;
}
