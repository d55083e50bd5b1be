import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments, parseDocument, stringify } from 'yaml';
import { samplePipeline } from '../../../src/commands/init/project-files.ts';
import { readContract } from '../../../src/contract/index.ts';
import { checkFiles } from '../../../src/pipeline/index.ts';
import { readAccessFile } from '../../../src/serve/access/read-access-file.ts';
import { readContents } from '../../../src/site/shell/contents-file.ts';
import { isBad, readWorkflow } from '../../runner/workflow/read-workflow.ts';
import type { Block } from './page.ts';
import { root } from './page.ts';

const reusable = 'owner/name/.github/workflows/called.yml@main';

type Map_ = Record<string, unknown>;

const pipelineKeys = ['name', 'on', 'params', 'data', 'features', 'steps', 'model', 'serving'];
const projectKeys = ['store', 'runs', 'stages', 'allowed-signers', 'provenance', 'image', 'site'];
const accessKeys = ['open', 'keys', 'tokens'];

/**
 * What is wrong with a block of YAML, judged as the file that it is or is part of. A part is merged into a file without
 * mistakes: that of the pipeline heart-disease, a project with two stages, a workflow with one job. `as` says of what it is
 * a part where the keys do not: `contract property`, `workflow`, `job`, `secrets`, `steps`, `contents`,
 * `manifest`; or `pipeline of init`, of which it shows parts word by word.
 */
export async function mistakesInYaml({ page, line, text, directives }: Block): Promise<readonly string[]> {
  const file = `${page}:${line}`;
  const documents = parseAllDocuments(text);
  const errors = documents.flatMap((document) => document.errors.map(({ message }) => message));
  if (errors.length > 0 || !Array.isArray(documents)) return errors;
  const value = parseDocument(text).toJS() as Map_ | Map_[] | null;
  const kind = directives.as ?? kindOf(value);
  switch (kind) {
    case 'manifest':
      return [];
    case 'contract':
      return mistakesInContract(file, text);
    case 'contract property':
      return mistakesInContract(file, stringify(withProperties(value as Map_[])));
    case 'contents':
      return messages(readContents(text, file, () => true));
    case 'access':
      return messages(await readAccessFile(file, Buffer.from(text)));
    case 'pipeline':
      return await mistakesInPipeline(value as Map_);
    case 'pipeline of init':
      return notIn(await pipelineOfInit(), value, '');
    case 'project':
      return await mistakesInProject(value as Map_);
    case 'workflow':
      return await mistakesInWorkflow(text);
    case 'job': {
      const job = value as Map_;
      const more = 'uses' in job ? {} : 'steps' in job ? { 'runs-on': 'ubuntu-24.04' } : { uses: reusable };
      return await mistakesInWorkflow(workflowWith({ ...more, ...job }));
    }
    case 'secrets':
      return await mistakesInWorkflow(workflowWith({ uses: reusable, secrets: value }));
    case 'steps':
      return await mistakesInWorkflow(workflowWith({ 'runs-on': 'ubuntu-24.04', steps: value }));
    default:
      return [`this is no part of a file that is known here (${kind}): say what it is with <!-- as: ... -->`];
  }
}

function kindOf(value: Map_ | Map_[] | null): string {
  if (value === null || Array.isArray(value)) return 'unknown';
  const keys = Object.keys(value).filter((key) => key !== 'version');
  const all = (known: readonly string[]): boolean =>
    keys.length > 0 && keys.every((key) => known.includes(key));
  if (value['kind'] === 'DataContract') return 'contract';
  if ('apiVersion' in value && 'kind' in value) return 'manifest';
  if ('jobs' in value) return 'workflow';
  if (all(accessKeys)) return 'access';
  if (all(projectKeys)) return 'project';
  if (all([...pipelineKeys, 'description'])) return 'pipeline';
  return `with the keys ${keys.join(', ')}`;
}

async function pipelineOfInit(): Promise<unknown> {
  const made = samplePipeline();
  if (!made.ok) throw new Error(made.failure.message);
  const file = made.value.find(({ path }) => path.endsWith('/pipeline.yaml'));
  return parseDocument(String(file?.content)).toJS();
}

/** Where what a page shows is not what stands in a file: of maps and lists it may leave things out. */
function notIn(whole: unknown, part: unknown, at: string): readonly string[] {
  if (Array.isArray(part) && Array.isArray(whole)) {
    return part.flatMap((one, i) =>
      whole.some((each) => notIn(each, one, at).length === 0) ? [] : [`${at}[${i}] is not in the file`],
    );
  }
  if (typeof part === 'object' && part !== null && typeof whole === 'object' && whole !== null) {
    return Object.entries(part).flatMap(([key, value]) =>
      notIn((whole as Map_)[key], value, at === '' ? key : `${at}.${key}`),
    );
  }
  return whole === part
    ? []
    : [`${at} is ${JSON.stringify(part)} here, and ${JSON.stringify(whole)} in the file`];
}

function mistakesInContract(file: string, text: string): readonly string[] {
  return messages(readContract(file, Buffer.from(text)));
}

function withProperties(properties: readonly Map_[]): Map_ {
  const head = { apiVersion: 'v3.1.0', kind: 'DataContract', id: 'a', version: '1.0.0', status: 'active' };
  return { ...head, schema: [{ name: 'rows', properties }] };
}

async function mistakesInPipeline(part: Map_): Promise<readonly string[]> {
  const file = join(root, 'pipelines/heart-disease/pipeline.yaml');
  const base = parseDocument(await readFile(file, 'utf8')).toJS() as Map_;
  const whole = 'name' in part && 'steps' in part ? part : merged(base, part);
  const data = whole['data'] as Map_;
  // Datasets that events name are those of another pipeline.
  const on = (part['on'] ?? {}) as { dispatch?: { data?: Map_ } };
  for (const name of Object.keys(on.dispatch?.data ?? {})) data[name] ??= data['patients'];
  const found = await check(file, stringify(whole));
  // Scripts and rows that a page tells of are not there.
  return found.filter((message) => !/^there is no file `/.test(message));
}

async function mistakesInProject(part: Map_): Promise<readonly string[]> {
  const stages = [{ name: 'staging' }, { name: 'production', from: 'staging' }];
  const found = await check(join(root, 'trainyard.yaml'), stringify({ version: 1, stages, ...part }));
  // Nor are pictures.
  return found.filter((message) => !/is not there$/.test(message));
}

/** Judged in this repository, with one file in the place of the one that is there; keys that a page names are made up. */
async function check(file: string, text: string): Promise<readonly string[]> {
  const found = await checkFiles({
    root,
    files: [file],
    readFile: async (wanted) => {
      if (wanted === file) return Buffer.from(text);
      if (String(wanted).endsWith('.pub')) return Buffer.from(publicKey);
      return await readFile(wanted);
    },
  });
  return found.map(({ message }) => message);
}

const publicKey =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n';

/** Entries of `data`, `params` and `steps` by their name; every other key as a whole, but for those of `model`. */
export function merged(base: Map_, part: Map_): Map_ {
  const result: Map_ = { ...base };
  for (const [key, value] of Object.entries(part)) {
    const isMapOfEntries = ['data', 'params', 'steps', 'model'].includes(key);
    result[key] = isMapOfEntries ? { ...(base[key] as Map_), ...(value as Map_) } : value;
  }
  return result;
}

function workflowWith(job: unknown): string {
  return stringify({ on: 'workflow_dispatch', jobs: { job } });
}

async function mistakesInWorkflow(text: string): Promise<readonly string[]> {
  const read = await readWorkflow('.github/workflows/page.yml', text);
  return isBad(read) ? read.problems : [];
}

function messages(
  result: { readonly ok: true } | { readonly ok: false; readonly failure: unknown },
): readonly string[] {
  if (result.ok) return [];
  return [result.failure].flat().map((each) => (each as { message: string }).message);
}
