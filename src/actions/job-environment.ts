import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { environmentInvalid } from './failures.ts';

/** Of the runner, of Node and of the loader: who sets them decides what runs in the steps that follow. */
const refused =
  /^(GITHUB_.*|RUNNER_.*|ACTIONS_.*|TRAINYARD_(DATA|IN|OUT|STEP|PARAMS).*|NODE_OPTIONS|PATH|LD_.*|DYLD_.*|BASH_ENV|ENV|HOME|GIT_.*)$/i;

type Pair = readonly [name: string, value: string];

/**
 * `NAME=value` lines into the environment of the steps that follow; a value of several lines, such as a key, as GitHub's own
 * files have it: `NAME<<END`, the lines, and `END` alone. No value is ever shown.
 */
export function readEnvironment(text: string): Result<readonly Pair[], readonly Failure[]> {
  const pairs: Pair[] = [];
  const failures: Failure[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, mark, rest] = /^\s*([A-Za-z_][A-Za-z0-9_]*)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) {
      failures.push(environmentInvalid(i + 1, 'it is no `NAME=value`'));
      continue;
    }
    const start = i + 1;
    let value = rest;
    if (mark === '<<') {
      const end = lines.indexOf(rest.trim(), start);
      if (rest.trim() === '' || end === -1) {
        failures.push(environmentInvalid(start, `no line ends the value of ${name}`));
        break;
      }
      value = lines.slice(start, end).join('\n');
      i = end;
    }
    if (refused.test(name)) failures.push(environmentInvalid(start, `${name} is not for you to set`));
    else if (value !== '') pairs.push([name, value]);
  }
  return failures.length > 0 ? failed(failures) : success(pairs);
}

/** In the form that the runner reads back with any value. */
export async function appendEnvironment(file: string, pairs: readonly Pair[]): Promise<void> {
  const end = `end-${randomUUID()}`;
  await appendFile(file, pairs.map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`).join(''));
}
