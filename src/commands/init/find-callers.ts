import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document, YAMLMap } from 'yaml';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Place } from '../../base/index.ts';
import { callerFolder } from './caller-files.ts';
import { readHeader } from './caller-sections.ts';
import type { WorkflowSource } from './caller-settings.ts';
import type { CallerName } from './callers.ts';
import { callerNames } from './callers.ts';

/** A workflow file that can be read, with its places. */
export interface WorkflowFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly document: Document.Parsed;
  /** Where an offset of the text is. */
  readonly placeAt: (offset: number, length?: number) => Place;
}

/** A job of a workflow of the repository that calls one of Trainyard's workflows. */
export interface FoundCaller extends WorkflowFile {
  /** `name:` of the workflow. */
  readonly title: string;
  readonly calls: CallerName;
  readonly source: WorkflowSource;
  /** Of the project that it is for. */
  readonly directory: string;
  /** Its id, with where it stands; a file that cannot be read has none. */
  readonly job?: { readonly id: string; readonly body: YAMLMap; readonly offset: number };
}

const called = /^((?:[.$]|[\w.-]+\/[\w.-]+))\/\.github\/workflows\/([\w-]+)\.yml(?:@(\S+))?$/;
const line = /^\s*(?:-\s*)?["']?uses["']?\s*:\s*["']?([^\s"'#]+)["']?[ \t]*(?:#[ \t]*(\S+))?/gm;

/** The callers below `.github/workflows`, by what stands in them and not by their names. */
export function findCallers(repositoryRoot: string): readonly FoundCaller[] {
  let names: readonly string[];
  try {
    names = readdirSync(join(repositoryRoot, callerFolder)).filter((name) => /\.ya?ml$/.test(name));
  } catch {
    return [];
  }
  const found = [...names].sort().flatMap((name) => {
    const path = `${callerFolder}/${name}`;
    return callsIn(readWorkflow(path, readFileSync(join(repositoryRoot, path), 'utf8')));
  });
  return found.map((caller) =>
    caller.calls === 'pull-request-comment' ? withProject(caller, found) : caller,
  );
}

function readWorkflow(path: string, text: string): WorkflowFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const placeAt = (offset: number, length?: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: path, line, column: col, ...(length === undefined ? {} : { length }) };
  };
  return { path, text, document, placeAt };
}

function callsIn(file: WorkflowFile): readonly FoundCaller[] {
  const { text, document } = file;
  const uses = [...text.matchAll(line)].map(([, value, comment]) => ({ value: value!, comment }));
  const title = document.errors.length > 0 ? '' : String(document.get('name') ?? '');
  if (document.errors.length > 0) {
    const [call] = uses.flatMap(({ value, comment }) => callOf(value, comment, text) ?? []);
    // Somebody's mistake, for which the lines are all there is to go by.
    const directory = /^\s+directory:\s*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? '.';
    return call === undefined ? [] : [{ ...file, title, directory, ...call }];
  }
  const jobs = document.get('jobs', true);
  return (isMap(jobs) ? jobs.items : []).flatMap(({ key, value: body }): FoundCaller[] => {
    if (!isScalar(key) || !isMap(body)) return [];
    const value = String(body.get('uses') ?? '');
    const call = callOf(value, uses.find((each) => each.value === value)?.comment, text);
    if (call === undefined) return [];
    const directory = String(body.getIn(['with', 'directory']) ?? '.');
    const job = { id: String(key.value), body, offset: key.range?.[0] ?? 0 };
    return [{ ...file, title, directory, job, ...call }];
  });
}

function callOf(
  uses: string,
  comment: string | undefined,
  text: string,
): Pick<FoundCaller, 'calls' | 'source'> | undefined {
  const match = called.exec(uses);
  if (match === null) return undefined;
  const [, repository, name, ref = ''] = match as unknown as [string, string, string, string?];
  const calls = callerNames.find((known) => known === name);
  // Others have workflows of these names, too: what calls ours has our head, our name, or is in our own repository.
  const isOurs = readHeader(text) !== undefined || /\/trainyard$/i.test(repository);
  if (calls === undefined || !isOurs) return undefined;
  const source: WorkflowSource =
    repository === '.' || repository === '$'
      ? { kind: 'own' }
      : { kind: 'pinned', repository, commit: ref, version: comment ?? ref };
  return { calls, source };
}

/** A comment for forks belongs to the project whose pull requests it waits for: nothing else in it says which. */
function withProject(comment: FoundCaller, found: readonly FoundCaller[]): FoundCaller {
  const heard = workflowsHeard(comment);
  const pull = found.find(({ calls, title }) => calls === 'pull-request' && heard.includes(title));
  const said = /\(([^()]+)\)$/.exec(comment.title)?.[1];
  return { ...comment, directory: pull?.directory ?? said ?? '.' };
}

/** Names of the workflows that one waits for. */
export function workflowsHeard({ document }: Pick<WorkflowFile, 'document'>): readonly string[] {
  return textsOf(filterOf(document, 'workflow_run', 'workflows')) ?? [];
}

/** Events that start a workflow. */
export function eventsOf({ document }: Pick<WorkflowFile, 'document'>): readonly string[] {
  const on = document.get('on', true);
  if (isMap(on)) return on.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
  return textsOf(on) ?? [];
}

/** What stands at a filter of an event: `branches` of `push`. */
export function filterOf(document: Document.Parsed, event: string, filter: string): unknown {
  const on = document.get('on', true);
  const wanted = isMap(on) ? on.get(event, true) : undefined;
  return isMap(wanted) ? wanted.get(filter, true) : undefined;
}

/** A text or a list of them. */
export function textsOf(node: unknown): readonly string[] | undefined {
  if (isScalar(node)) return [String(node.value)];
  return isSeq(node) ? node.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : [])) : undefined;
}
