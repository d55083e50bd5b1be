import { relative } from 'node:path';
import type { Failure } from '../../base/index.ts';
import type { Repository } from '../../git/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import type { CallerFile } from './caller-files.ts';
import { callerFiles } from './caller-files.ts';
import type { Header, Section } from './caller-sections.ts';
import { digestOfSection, readHeader, sectionsOf } from './caller-sections.ts';
import type { CallerSettings } from './caller-settings.ts';
import { commonSource, isPinned } from './caller-source.ts';
import { dangersIn } from './check-dangers.ts';
import { tooBroad, tooNarrow } from './check-permissions.ts';
import { absentCallers } from './check-presence.ts';
import { missingTriggers, unheardComments } from './check-triggers.ts';
import { sureDefaultBranch } from './default-branch.ts';
import { workflowEdited, workflowOutdated, workflowUnpinned, workflowUnreadable } from './failures.ts';
import type { FoundCaller } from './find-callers.ts';
import { filterOf, findCallers, textsOf } from './find-callers.ts';
import { otherProjects, sharedNames } from './projects.ts';

export interface CallerCheck {
  readonly repositoryRoot: string;
  /** Folder of the project. */
  readonly root: string;
  readonly pipelines: readonly Pipeline[];
  /** To ask for the default branch. */
  readonly repository?: Repository;
}

/** What is wrong with the callers of a project; hardly anything where it has none. */
export async function checkCallers({
  repositoryRoot,
  root,
  pipelines,
  repository,
}: CallerCheck): Promise<CallersChecked> {
  const directory = relative(repositoryRoot, root).replaceAll('\\', '/') || '.';
  const all = findCallers(repositoryRoot);
  const found = all.filter((each) => each.directory === directory);
  const source = commonSource(found);
  // Where no file calls anything, those that `init` would write may be there all the same, and empty.
  const failures: Failure[] = [];
  const others = otherProjects(repositoryRoot, directory, all);
  // The branch that people push to is theirs to say.
  const main = found.find(({ calls }) => calls === 'main');
  const branch = main === undefined ? undefined : textsOf(filterOf(main.document, 'push', 'branches'))?.[0];
  const settings = settingsOf(pipelines, {
    source: source ?? { kind: 'own' },
    branch: branch ?? 'main',
    directory,
    isAlone: others.length === 0,
  });
  const presence = { repositoryRoot, found, all, expected: callerFiles(settings) };
  const files = [...new Set(found.map(({ path }) => path))];
  if (source === undefined) return { files, mistakes: absentCallers(presence) };
  for (const caller of found) {
    const expected = callerFiles({ ...settings, source: caller.source });
    // Of several calls in one file, the first is the one that the file was written for.
    const isFirst = found.find((each) => each.path === caller.path) === caller;
    const one = isFirst ? expected.find(({ calls }) => calls === caller.calls) : undefined;
    failures.push(...checkCaller(caller, one));
  }
  const heard = found
    .filter(({ calls }) => calls === 'main')
    .flatMap(({ document }) => textsOf(filterOf(document, 'push', 'branches')) ?? []);
  const sure = repository === undefined ? undefined : await sureDefaultBranch(repository, heard);
  const named = pipelines.map(({ file, place }) => ({ name: file.name, place: place(['name']) }));
  return {
    files,
    mistakes: [
      ...failures,
      ...dangersIn(found, sure),
      ...absentCallers(presence),
      ...unheardComments(found, all),
      ...missingTriggers(found, pipelines),
      ...sharedNames(named, others),
    ],
  };
}

export interface CallersChecked {
  /** Files that call Trainyard's workflows. */
  readonly files: readonly string[];
  readonly mistakes: readonly Failure[];
  /** Mistakes of pipelines, without which nothing can be said of callers. */
  readonly waitsFor?: readonly Failure[];
}

export interface ProjectPlace extends Pick<CallerSettings, 'source' | 'branch' | 'directory'> {
  /** Whether the repository has no other project. */
  readonly isAlone: boolean;
}

export function settingsOf(
  pipelines: readonly Pick<Pipeline, 'file'>[],
  { isAlone, ...rest }: ProjectPlace,
): CallerSettings {
  const triggers = pipelines.map(({ file }) => file.on ?? {});
  const branches = triggers
    .flatMap(({ push }) => push?.branches ?? [])
    .filter((each) => !each.startsWith('!'));
  return {
    ...rest,
    branches: [...new Set(branches)].sort(),
    schedules: [...new Set(triggers.flatMap(({ schedule = [] }) => schedule.map(({ cron }) => cron)))].sort(),
    dispatch: triggers.some((on) => 'dispatch' in on || 'drift' in on),
    data: triggers.some((on) => 'data' in on),
    ...(isAlone ? {} : { models: pipelines.map(({ file }) => file.name).sort() }),
  };
}

function checkCaller(caller: FoundCaller, expected: CallerFile | undefined): readonly Failure[] {
  const { path, text, source, document, placeAt } = caller;
  const [error] = document.errors;
  if (error !== undefined) {
    return [workflowUnreadable(placeAt(error.pos[0]), error.message.split('\n')[0]!)];
  }
  const failures: Failure[] = [];
  if (source.kind === 'pinned' && !isPinned(source)) {
    const ref = `@${source.commit}`;
    const place = placeAt(Math.max(0, text.indexOf(ref)), ref.length);
    failures.push(workflowUnpinned(place, source.commit, readHeader(text) !== undefined));
  }
  const sections = sectionsIn(caller, expected);
  const isOld = sections.some(({ name, state }) => name === 'jobs' && state === 'outdated');
  // What is as it was written may be of a version that needed less: that it is outdated says it all.
  const permissions = [...tooBroad(caller), ...(isOld ? [] : tooNarrow(caller))];
  failures.push(...permissions);
  for (const { name, line, state } of sections) {
    const place = { file: path, line, column: 1, ...(state === 'gone' ? {} : { length: name.length }) };
    if (state === 'outdated' || state === 'gone') failures.push(workflowOutdated(place, name));
    // Of triggers is said elsewhere which one is missing, and permissions are judged by what they are.
    if (state === 'both' && name === 'jobs' && permissions.length === 0)
      failures.push(workflowEdited(place, name));
  }
  return failures;
}

interface JudgedSection {
  readonly name: string;
  readonly line: number;
  /** `gone`: it should be there, and never was. */
  readonly state: SectionState | 'gone';
}

function sectionsIn({ text }: FoundCaller, expected: CallerFile | undefined): readonly JudgedSection[] {
  const header = readHeader(text);
  if (header === undefined || expected === undefined) return [];
  const fresh = sectionsOf(expected.text);
  const here = sectionsOf(text);
  const wanted = fresh.flatMap((section): JudgedSection[] => {
    const { name } = section;
    const now = here.find((each) => each.name === name);
    const then = header.digests.get(name);
    if (now !== undefined) return [{ name, line: now.line, state: stateOf(now, section, then) }];
    // A section that it had when it was written was taken away on purpose.
    return then === undefined ? [{ name, line: 1, state: 'gone' }] : [];
  });
  const left = here
    .filter((section) => !fresh.some(({ name }) => name === section.name) && isLeft(section, header))
    .map(({ name, line }): JudgedSection => ({ name, line, state: 'outdated' }));
  return [...wanted, ...left];
}

/** A section that is as it was written once; what is not written any more may go. */
export function isLeft(section: Section, { digests }: Header): boolean {
  return digests.get(section.name) === digestOfSection(section);
}

export type SectionState = 'same' | 'edited' | 'outdated' | 'both';

/** `then` is the digest that the section had when it was written. */
export function stateOf(now: Section, fresh: Section, then: string | undefined): SectionState {
  const [is, should] = [digestOfSection(now), digestOfSection(fresh)];
  if (is === should) return 'same';
  if (is === then) return 'outdated';
  return should === then ? 'edited' : 'both';
}
