import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import { recordDigest } from '../provenance/index.ts';
import type { ResolvedModel } from '../registry/index.ts';
import { noVersion, resolveModel } from '../registry/index.ts';
import type { ModelCardFacts, OwnerNotes } from '../report/index.ts';
import { modelCard, readOwnerNotes, releaseNotes } from '../report/index.ts';
import type { RunHistory, RunRecord } from '../runs/index.ts';
import { openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { cardWithoutRun, recordChanged } from './failures.ts';
import { openPipeline } from './open-project.ts';
import { openRegistry } from './open-registry.ts';

export interface ModelCardOptions {
  /** A version, a stage, a model or a run. */
  readonly reference: string;
}

export interface ModelCardReport {
  readonly model: string;
  readonly version?: string;
  readonly run: string;
  /** Markdown with the metadata of Hugging Face. */
  readonly card: string;
}

/** What the release of a version on the forge says. */
export interface ReleaseNotesReport {
  /** Of the version: `heart-disease@v1.4.0`. */
  readonly tag: string;
  readonly title: string;
  /** Markdown, within what GitHub takes. */
  readonly notes: string;
}

/** The card of a version, from its run, the tags, and what the owner wrote beside the pipeline. */
export async function cardOfModel(
  options: ModelCardOptions,
  effects: Pick<Effects, 'cwd' | 'env'>,
): Promise<Result<ModelCardReport, readonly Failure[]>> {
  const facts = await factsOf(options, effects);
  if (!facts.ok) return facts;
  const { model, version, record } = facts.value;
  return success({
    model,
    ...(version === undefined ? {} : { version: version.name }),
    run: record.id,
    card: modelCard(facts.value),
  });
}

/** Notes for the release of a version: what it stands for now, and its card. */
export async function releaseNotesOf(
  options: ModelCardOptions,
  effects: Pick<Effects, 'cwd' | 'env'>,
): Promise<Result<ReleaseNotesReport, readonly Failure[]>> {
  const facts = await factsOf(options, effects);
  if (!facts.ok) return facts;
  const { model, version } = facts.value;
  if (version === undefined) return failed([noVersion(options.reference)]);
  const title = `${model} ${version.name}`;
  return success({ tag: version.registered.tag, title, notes: releaseNotes(facts.value) });
}

async function factsOf(
  { reference }: ModelCardOptions,
  effects: Pick<Effects, 'cwd' | 'env'>,
): Promise<Result<ModelCardFacts, readonly Failure[]>> {
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { root, project, repository, ledger } = opened.value;
  const history = openRuns({ repository, branch: project.runs.branch, root });
  // Where the remote cannot be asked, this clone is: a card is no decision.
  await ledger.refresh();
  const resolved = await resolveModel(reference, {
    ledger,
    runs: history,
    digestOfFile: async () => undefined,
  });
  if (!resolved.ok) return failed([resolved.failure]);
  const record = await runOf(resolved.value, history, reference);
  if (!record.ok) return failed([record.failure]);
  const model = record.value.pipeline;
  const pipeline = await openPipeline(root, model);
  const notes = await notesOf(root, pipeline.ok ? pipeline.value : undefined, model);
  if (!notes.ok) return failed([notes.failure]);
  const { version, state } = resolved.value;
  return success({
    model,
    record: record.value,
    personal: personalColumns(pipeline.ok ? pipeline.value : undefined),
    ...(version === undefined ? {} : { version }),
    ...(state === undefined ? {} : { state }),
    ...(notes.value === undefined ? {} : { notes: notes.value }),
  });
}

/** The record that the version's tag vouches for, and no other. */
async function runOf(
  { run, version }: ResolvedModel,
  history: RunHistory,
  reference: string,
): Promise<Result<RunRecord, Failure>> {
  if (run !== undefined) return success(run);
  const registered = version?.registered;
  if (registered === undefined || !('event' in registered)) return failed(cardWithoutRun(reference));
  const { event, tag } = registered;
  const found = await history.find(event.run, event.pipeline);
  if (!found.ok) return found;
  return recordDigest(found.value) === event.record ? found : failed(recordChanged(event.run, tag));
}

function personalColumns(pipeline: Pipeline | undefined): ReadonlySet<string> {
  const contracts = [...(pipeline?.contracts.values() ?? [])];
  return new Set(
    contracts.flatMap(({ columns }) => columns.filter(({ personal }) => personal).map(({ name }) => name)),
  );
}

/** As they stand in the work tree now: what the owner has learned since counts for the old versions too. */
async function notesOf(
  root: string,
  pipeline: Pipeline | undefined,
  model: string,
): Promise<Result<OwnerNotes | undefined, Failure>> {
  const file = join(
    pipeline === undefined ? join('pipelines', model) : dirname(pipeline.path),
    'model-card.md',
  );
  let text: string;
  try {
    text = await readFile(join(root, file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return success(undefined);
    text = '';
  }
  return readOwnerNotes(file.replaceAll('\\', '/'), text);
}
