import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter } from 'yaml';
import type { Failure } from '../../base/index.ts';
import type { CallerFile } from './caller-files.ts';
import { callerFolder } from './caller-files.ts';
import { readHeader } from './caller-sections.ts';
import { callerNames } from './callers.ts';
import { workflowDead, workflowMissing, workflowUnknown } from './failures.ts';
import type { FoundCaller } from './find-callers.ts';

/** Without these nothing is judged, trained or decided; the others wait for a trigger that a pipeline names. */
const always = ['pull-request', 'main', 'promote'];

const uses =
  /^\s*["']?uses["']?\s*:\s*["']?((?:[.$]|[\w.-]+\/[\w.-]+))\/\.github\/workflows\/([\w-]+)\.ya?ml(?=[@\s"'#]|$)/gm;

export interface Presence {
  readonly repositoryRoot: string;
  /** Callers of the project. */
  readonly found: readonly FoundCaller[];
  /** Of all projects. */
  readonly all: readonly FoundCaller[];
  readonly expected: readonly CallerFile[];
}

/** Callers that are not there, or are and call nothing. */
export function absentCallers({ repositoryRoot, found, all, expected }: Presence): readonly Failure[] {
  // Who wrote callers by hand knows which ones.
  const isOurs = found.some(({ text }) => readHeader(text) !== undefined);
  const misnamed = misnamedCalls(repositoryRoot);
  const said = new Set(misnamed.map(({ path }) => path));
  const dead = expected.flatMap(({ calls, path }): readonly Failure[] => {
    if (found.some((each) => each.calls === calls)) return [];
    if (existsSync(join(repositoryRoot, path))) {
      const isHeld = said.has(path) || all.some((each) => each.path === path);
      return isHeld ? [] : [workflowDead(path, calls)];
    }
    return isOurs && always.includes(calls) ? [workflowMissing(path, calls)] : [];
  });
  return [...misnamed.map(({ failure }) => failure), ...dead];
}

/** Calls of workflows that Trainyard does not have: `mian.yml`. */
function misnamedCalls(
  repositoryRoot: string,
): readonly { readonly path: string; readonly failure: Failure }[] {
  const folder = join(repositoryRoot, callerFolder);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.sort().flatMap((name) => {
    const path = `${callerFolder}/${name}`;
    const text = readFileSync(join(folder, name), 'utf8');
    return [...text.matchAll(uses)].flatMap((match) => {
      const [whole, repository, workflow] = match as unknown as [string, string, string];
      if ([...callerNames, 'train'].some((known) => known === workflow)) return [];
      const isOwn = repository === '.' || repository === '$';
      const isOurs = isOwn
        ? readHeader(text) !== undefined && !existsSync(join(folder, `${workflow}.yml`))
        : /\/trainyard$/i.test(repository);
      if (!isOurs) return [];
      const lines = new LineCounter();
      lines.lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
      const { line, col } = lines.linePos(match.index + whole.lastIndexOf(workflow));
      const place = { file: path, line, column: col, length: workflow.length };
      return [{ path, failure: workflowUnknown(place, workflow, callerNames) }];
    });
  });
}
