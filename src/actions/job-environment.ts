import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { environmentInvalid } from './failures.ts';

/** Of the runner, of Node and of the loader: who sets them decides what runs in the steps that follow. */
const refused =
  /^(GITHUB_.*|RUNNER_.*|ACTIONS_.*|TRAINYARD_(DATA|IN|OUT|STEP|PARAMS).*|NODE_OPTIONS|PATH|LD_.*|DYLD_.*|BASH_ENV|ENV|HOME|GIT_.*)$/i;

/** `NAME=value` lines into the environment of the steps that follow. No value is ever shown. */
export function readEnvironment(
  text: string,
): Result<readonly (readonly [string, string])[], readonly Failure[]> {
  const pairs: (readonly [string, string])[] = [];
  const failures: Failure[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match === null) failures.push(environmentInvalid(i + 1, 'it is no `NAME=value`'));
    else if (refused.test(match[1]!))
      failures.push(environmentInvalid(i + 1, `${match[1]} is not for you to set`));
    else if (match[2] !== '') pairs.push([match[1]!, match[2]!]);
  });
  return failures.length > 0 ? failed(failures) : success(pairs);
}

/** In the form that the runner reads back with any value. */
export async function appendEnvironment(
  file: string,
  pairs: readonly (readonly [string, string])[],
): Promise<void> {
  const end = `end-${randomUUID()}`;
  await appendFile(file, pairs.map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`).join(''));
}
