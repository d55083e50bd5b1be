import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Failure, Place } from '../../base/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import type { CallerFile } from './caller-files.ts';
import { callerFiles, callerFolder } from './caller-files.ts';
import type { Section } from './caller-sections.ts';
import { digestOfSection, readHeader, sectionsOf } from './caller-sections.ts';
import type { CallerSettings, WorkflowSource } from './caller-settings.ts';
import type { CallerName } from './callers.ts';
import { callerNames, callers } from './callers.ts';
import {
  triggerMissing,
  workflowEdited,
  workflowOutdated,
  workflowPermissions,
  workflowUnpinned,
  workflowUnreadable,
} from './failures.ts';

/** A workflow of the repository that calls one of Trainyard's. */
export interface FoundCaller {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly calls: CallerName;
  readonly source: WorkflowSource;
  readonly directory: string;
}

const call =
  /^\s*(?:-\s*)?["']?uses["']?\s*:\s*["']?((?:\.|[\w.-]+\/[\w.-]+)\/\.github\/workflows\/([\w-]+)\.yml)(?:@([^\s"'#]+))?["']?[ \t]*(?:#[ \t]*(\S+))?/m;

/** The callers below `.github/workflows`, by what stands in them and not by their names. */
export function findCallers(repositoryRoot: string): readonly FoundCaller[] {
  let names: readonly string[];
  try {
    names = readdirSync(join(repositoryRoot, callerFolder)).filter((name) => /\.ya?ml$/.test(name));
  } catch {
    return [];
  }
  return [...names].sort().flatMap((name) => {
    const path = `${callerFolder}/${name}`;
    const text = readFileSync(join(repositoryRoot, path), 'utf8');
    const found = callOf(text);
    return found === undefined ? [] : [{ path, text, ...found }];
  });
}

function callOf(text: string): Omit<FoundCaller, 'path' | 'text'> | undefined {
  const match = call.exec(text);
  if (match === null) return undefined;
  const [, path, name, ref, comment] = match;
  const calls = callerNames.find((known) => known === name);
  const repository = path!.slice(0, path!.indexOf('/.github/'));
  // Others have workflows of these names, too: what calls ours has our head, our name, or is in our own repository.
  const isOurs = readHeader(text) !== undefined || /\/trainyard$/i.test(repository);
  if (calls === undefined || !isOurs) return undefined;
  const source: WorkflowSource =
    repository === '.'
      ? { kind: 'own' }
      : { kind: 'pinned', repository, commit: ref ?? '', version: comment ?? ref ?? '' };
  const directory = /^\s+directory:\s*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? '.';
  return { calls, source, directory };
}

export interface CallerCheck {
  readonly repositoryRoot: string;
  /** Folder of the project. */
  readonly root: string;
  readonly pipelines: readonly Pipeline[];
}

/** What is wrong with the callers of a repository; nothing where it has none. */
export function checkCallers({ repositoryRoot, root, pipelines }: CallerCheck): readonly Failure[] {
  const directory = relative(repositoryRoot, root).replaceAll('\\', '/') || '.';
  const found = findCallers(repositoryRoot).filter((each) => each.directory === directory);
  const [first] = found;
  if (first === undefined) return [];
  // The branch that people push to is theirs to say.
  const main = found.find(({ calls }) => calls === 'main');
  const branch = /branches:\s*\[\s*"?([^"\],]+)"?\s*\]/.exec(main?.text ?? '')?.[1] ?? 'main';
  const settings = settingsOf(pipelines, { source: first.source, branch, directory });
  const failures = found.flatMap((caller) => {
    const source = caller.source;
    const expected = callerFiles({ ...settings, source }).find(({ calls }) => calls === caller.calls);
    return checkCaller(caller, expected);
  });
  return [...failures, ...missingTriggers(found, pipelines)];
}

export function settingsOf(
  pipelines: readonly Pick<Pipeline, 'file'>[],
  rest: Pick<CallerSettings, 'source' | 'branch' | 'directory'>,
): CallerSettings {
  const triggers = pipelines.map(({ file }) => file.on ?? {});
  return {
    ...rest,
    schedules: [...new Set(triggers.flatMap(({ schedule = [] }) => schedule.map(({ cron }) => cron)))].sort(),
    dispatch: triggers.some((on) => 'dispatch' in on || 'drift' in on),
    data: triggers.some((on) => 'data' in on),
  };
}

function checkCaller(caller: FoundCaller, expected: CallerFile | undefined): readonly Failure[] {
  const { path, text, calls, source } = caller;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    const { line, col } = lines.linePos(document.errors[0]!.pos[0]);
    return [
      workflowUnreadable({ file: path, line, column: col }, document.errors[0]!.message.split('\n')[0]!),
    ];
  }
  const failures: Failure[] = [];
  if (source.kind === 'pinned' && !/^[0-9a-f]{40}$/.test(source.commit)) {
    failures.push(workflowUnpinned(placeOfText(text, path, `@${source.commit}`), source.commit));
  }
  const permissions = tooBroad(document, path, lines, calls);
  failures.push(...permissions);
  const header = readHeader(text);
  if (header === undefined || expected === undefined) return failures;
  const fresh = new Map(sectionsOf(expected.text).map((section) => [section.name, section]));
  const here = sectionsOf(text);
  for (const section of fresh.values()) {
    const now = here.find(({ name }) => name === section.name);
    const then = header.digests.get(section.name);
    if (now === undefined) {
      // A section that it had when it was written was taken away on purpose.
      if (then === undefined)
        failures.push(workflowOutdated({ file: path, line: 1, column: 1 }, section.name));
      continue;
    }
    const state = stateOf(now, section, then);
    const place = { file: path, line: now.line, column: 1, length: now.name.length };
    if (state === 'outdated') failures.push(workflowOutdated(place, section.name));
    // Of triggers is said below which one is missing, and permissions are judged by what they are.
    if (state === 'both' && section.name === 'jobs' && permissions.length === 0) {
      failures.push(workflowEdited(place, section.name));
    }
  }
  return failures;
}

export type SectionState = 'same' | 'edited' | 'outdated' | 'both';

/** `then` is the digest that the section had when it was written. */
export function stateOf(now: Section, fresh: Section, then: string | undefined): SectionState {
  const [is, should] = [digestOfSection(now), digestOfSection(fresh)];
  if (is === should) return 'same';
  if (is === then) return 'outdated';
  return should === then ? 'edited' : 'both';
}

/** Permissions above what the called workflow needs, each where it stands. */
function tooBroad(
  document: ReturnType<typeof parseDocument>,
  file: string,
  lines: LineCounter,
  calls: CallerName,
): readonly Failure[] {
  const needed = callers[calls]({
    source: { kind: 'own' },
    branch: '',
    directory: '.',
    schedules: [],
    dispatch: true,
    data: true,
  }).permissions;
  const failures: Failure[] = [];
  const look = (node: unknown): void => {
    if (isScalar(node) && typeof node.value === 'string') {
      const { line, col } = lines.linePos(node.range?.[0] ?? 0);
      failures.push(
        workflowPermissions({ file, line, column: col, length: node.value.length }, node.value, needed),
      );
    }
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key) || !isScalar(value)) continue;
      const scope = String(key.value);
      const level = String(value.value);
      const enough = needed[scope];
      if (level === 'none' || enough === 'write' || enough === level) continue;
      const { line, col } = lines.linePos(key.range?.[0] ?? 0);
      failures.push(
        workflowPermissions({ file, line, column: col, length: scope.length }, `${scope}: ${level}`, needed),
      );
    }
  };
  look(document.get('permissions', true));
  const jobs = document.get('jobs', true);
  for (const { value } of isMap(jobs) ? jobs.items : []) {
    // Other jobs of the file are not ours to judge.
    if (isMap(value) && /\/\.github\/workflows\//.test(String(value.get('uses') ?? ''))) {
      look(value.get('permissions', true));
    }
  }
  return failures;
}

/** Triggers of pipelines that no caller has. */
function missingTriggers(found: readonly FoundCaller[], pipelines: readonly Pipeline[]): readonly Failure[] {
  const has = (calls: CallerName): FoundCaller | undefined => found.find((each) => each.calls === calls);
  return pipelines.flatMap(({ file, place }) => {
    const { on } = file;
    const failures: Failure[] = [];
    (on?.schedule ?? []).forEach(({ cron }, i) => {
      const caller = has('schedule');
      if (caller !== undefined && cronsOf(caller.text).includes(cron)) return;
      failures.push(triggerMissing(place(['on', 'schedule', i, 'cron']), `schedule: ${cron}`, caller?.path));
    });
    for (const [trigger, calls] of [
      ['dispatch', 'dispatch'],
      ['drift', 'dispatch'],
      ['data', 'watch-data'],
      ['push', 'main'],
      ['pull_request', 'pull-request'],
    ] as const) {
      if (on === undefined || !(trigger in on) || has(calls) !== undefined) continue;
      failures.push(triggerMissing(place(['on', trigger]), trigger, undefined));
    }
    return failures;
  });
}

function cronsOf(text: string): readonly string[] {
  return [...text.matchAll(/cron:\s*(?:"([^"]*)"|'([^']*)'|([^#\n]*))/g)].map((match) =>
    (match[1] ?? match[2] ?? match[3] ?? '').trim(),
  );
}

function placeOfText(text: string, file: string, part: string): Place {
  const offset = Math.max(0, text.indexOf(part));
  const before = text.slice(0, offset).split('\n');
  return { file, line: before.length, column: before.at(-1)!.length + 1, length: part.length };
}
