import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { dataNotes, rows } from './data-notes.ts';
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

export interface ProjectFiles {
  readonly files: readonly FileToWrite[];
  /** What was found in rows, for people. */
  readonly notes: readonly string[];
}

/** A pipeline of the user's rows, with a contract inferred from them. */
export function ownPipeline(own: OwnData): Result<ProjectFiles, Failure> {
  const read = readRows(own.file, own.bytes);
  if (!read.ok) return read;
  const columns = inferColumns(read.value);
  const count = read.value.rows.length;
  const names = columns.map(({ name }) => name);
  const target = columns.find(({ name }) => name === own.target);
  if (target === undefined) return failed(targetUnknown(own.target, names));
  const holes = target.gaps + (target.placeholders?.count ?? 0);
  if (holes > 0) {
    const words = target.placeholders === undefined ? '' : ` (or ${target.placeholders.words.join(', ')})`;
    const why = `\`${target.name}\`, which is to be predicted, has no value${words} in ${holes} of ${rows(count)}`;
    return failed(
      dataUnusable(own.file, why, 'Take these rows out, fill them in, or predict another column.'),
    );
  }
  if (target.categories === undefined && target.type !== 'boolean' && target.range === undefined) {
    return failed(dataUnusable(own.file, `\`${target.name}\` has too many different texts to be predicted`));
  }
  const unknown = own.key.find((name) => !names.includes(name));
  if (unknown !== undefined) return failed(keyUnknown(`there is no column \`${unknown}\``));
  const telling = columns.filter(
    ({ name, unique, type }) =>
      unique && name !== target.name && (type === 'string' || type === 'integer' || type === 'timestamp'),
  );
  const found = telling.find(({ personal }) => !personal);
  const key = own.key.length > 0 ? own.key : found === undefined ? [] : [found.name];
  if (key.length === 0) {
    const persons = telling.map(({ name }) => `\`${name}\``).join(', ');
    return failed(
      keyUnknown(
        telling.length === 0
          ? 'no column has another value in each row'
          : `only ${persons} tells them apart, which is personal data and would stand in reports`,
      ),
    );
  }
  const name = own.name ?? nameOf(own.file);
  if (!isName(name)) return failed(nameInvalid(own.name ?? own.file));
  const data = own.inside ?? `pipelines/${name}/data/${name}.csv`;
  const made: PipelineToWrite = {
    name,
    description: `Predict ${target.name}.`,
    data,
    delimiter: read.value.delimiter,
    columns,
    key,
    target,
  };
  const { numbers, categories } = featuresOf(made);
  if (numbers.length + categories.length === 0) {
    return failed(dataUnusable(own.file, 'no column is left to predict from'));
  }
  const copied = own.inside === undefined ? [{ path: data, content: own.bytes }] : [];
  return success({ files: [...pipelineFiles(made), ...copied], notes: dataNotes(made) });
}

/** Of the file, in ASCII; empty where it has letters that nobody can write so, and a person has to say it. */
function nameOf(file: string): string {
  const base = file
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.[^.]*$/, '');
  const plain = base
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüßæøå]/g, (letter) => asciiLetters[letter]!)
    .normalize('NFD')
    .replace(/\p{M}/gu, '');
  if (/[^\P{L}a-z]/u.test(plain)) return '';
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
    .slice(0, 64);
}

const asciiLetters: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ß: 'ss',
  æ: 'ae',
  ø: 'oe',
  å: 'aa',
};

/** A pipeline that runs as it is, on rows that are nobody's. */
export function samplePipeline(name: string = sample.name): Result<readonly FileToWrite[], Failure> {
  if (!isName(name)) return failed(nameInvalid(name));
  const csv = sampleCsv();
  const rows = readRows('sample', new TextEncoder().encode(csv));
  if (!rows.ok) throw new Error(rows.failure.message);
  const columns = inferColumns(rows.value);
  const data = `pipelines/${name}/data/pumps.csv`;
  const target = columns.find((column) => column.name === sample.target)!;
  return success([
    ...pipelineFiles({ ...sample, name, data, delimiter: ',', columns, target }),
    { path: data, content: csv },
    {
      path: `pipelines/${name}/data/README.md`,
      content: `# pumps.csv

400 pumps that never were, made by \`trainyard init\` with a fixed seed: nobody's data, free for any use (CC0-1.0). Each row
is a pump: where it stands, its age, what its sensors say, and whether it failed within a week.
`,
    },
  ]);
}

function isName(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 64;
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
  # Anybody who may push tags may promote to production, until 'promoters: ["@name"]' here says who, and the Environment
  # "production" of the repository has reviewers.
  - { name: production, from: staging, environment: production }
# site:                                 # for 'trainyard site build --out public': runs, models and data as static pages
#   title: Our models
#   pages: docs                         # a folder of Markdown files that become pages, too
`;

export const ignoreFile = `.trainyard/
node_modules/
/public/
`;

export function readme(pipelines: readonly string[], withWorkflows: boolean): string {
  const first = pipelines[0] ?? 'my-pipeline';
  return `# Models of this repository

Made with [Trainyard](https://github.com/trainyard/trainyard): pipelines are files, runs and versions are commits and tags.

\`\`\`sh
trainyard check
trainyard run ${first}
trainyard runs list
trainyard site dev
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

The number at the end counts all decisions about a model: one more than the largest that \`git fetch --tags && git tag --list
"${first}#*"\` shows. The button of the workflow "Trainyard promote" and \`trainyard promote\` find it by themselves.
`
    : ''
}`;
}
