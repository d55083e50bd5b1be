import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type {
  Annotated,
  NoteEntry,
  RunAnswer,
  RunDiff,
  RunHistory,
  RunNotes,
  RunQuestion,
  RunRecord,
} from '../runs/index.ts';
import { diffRuns, openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { openProject } from './open-project.ts';

type World = Pick<Effects, 'cwd' | 'env'>;

export type ListOptions = RunQuestion;

/** Runs that a question means, as the local index knows them; by default newest first. */
export async function listRuns(
  question: ListOptions,
  effects: World,
): Promise<Result<RunAnswer, readonly Failure[]>> {
  const history = await openHistory(effects);
  if (!history.ok) return history;
  const answered = await history.value.ask(question);
  return answered.ok ? answered : failed([answered.failure]);
}

export interface ShowOptions {
  readonly run: string;
  readonly pipeline?: string;
}

/** A record, and what people said of the run since. */
export interface ShownRun {
  readonly record: RunRecord;
  readonly notes: RunNotes;
}

export async function showRun(
  options: ShowOptions,
  effects: World,
): Promise<Result<ShownRun, readonly Failure[]>> {
  const history = await openHistory(effects);
  if (!history.ok) return history;
  const found = await history.value.find(options.run, options.pipeline);
  if (!found.ok) return failed([found.failure]);
  const notes = await history.value.notes(found.value.id);
  return notes.ok ? success({ record: found.value, notes: notes.value }) : failed([notes.failure]);
}

export interface AnnotateOptions extends ShowOptions {
  readonly kind: NoteEntry['kind'];
  /** A tag, or the text of a note. */
  readonly text: string;
  readonly dryRun?: boolean;
}

/** Sets or takes back a tag of a run, or adds a note to it. */
export async function annotateRun(
  options: AnnotateOptions,
  effects: World & Pick<Effects, 'now' | 'randomBytes'>,
): Promise<Result<Annotated, readonly Failure[]>> {
  const { kind, text, dryRun } = options;
  const history = await openHistory(effects);
  if (!history.ok) return history;
  const found = await history.value.find(options.run, options.pipeline);
  if (!found.ok) return failed([found.failure]);
  const by = effects.env['GITHUB_ACTIONS'] === 'true' ? effects.env['GITHUB_ACTOR'] : undefined;
  const annotated = await history.value.annotate({
    pipeline: found.value.pipeline,
    run: found.value.id,
    kind,
    text,
    at: effects.now(),
    random: Buffer.from(effects.randomBytes(4)).toString('hex'),
    ...(by === undefined ? {} : { by }),
    ...(dryRun === undefined ? {} : { dryRun }),
  });
  return annotated.ok ? annotated : failed([annotated.failure]);
}

export interface DiffOptions {
  readonly base: string;
  readonly head: string;
  readonly pipeline?: string;
}

/** What changed from one run to another. Where only one is named by its id, `latest` means of the same pipeline. */
export async function diffOfRuns(
  options: DiffOptions,
  effects: World,
): Promise<Result<RunDiff, readonly Failure[]>> {
  const history = await openHistory(effects);
  if (!history.ok) return history;
  const head = await history.value.find(options.head, options.pipeline);
  if (!head.ok) return failed([head.failure]);
  const base = await history.value.find(options.base, options.pipeline ?? head.value.pipeline);
  if (!base.ok) return failed([base.failure]);
  return success(diffRuns(base.value, head.value));
}

async function openHistory(effects: World): Promise<Result<RunHistory, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { project, repository, root } = opened.value;
  return success(openRuns({ repository, branch: project.runs.branch, root }));
}
