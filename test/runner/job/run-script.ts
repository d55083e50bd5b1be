import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { evaluateText } from '../expressions.ts';
import { at } from '../forge.ts';
import type { StepCall } from './run-steps.ts';
import { runProgram } from './run-steps.ts';

/**
 * How GitHub starts each shell. A step that names none gets `bash -e`, without pipefail; one that says `bash` gets it.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell
 */
const shells: Readonly<Record<string, string>> = {
  bash: 'bash --noprofile --norc -eo pipefail {0}',
  sh: 'sh -e {0}',
  python: 'python {0}',
};
/** Of a script's file, by the program that reads it; others get none. */
const endings: Readonly<Record<string, string>> = { bash: '.sh', sh: '.sh', python: '.py' };
const usualShell = 'bash -e {0}';

export async function runScript(call: StepCall): Promise<void> {
  const { state, level, step, id, environment, open, defaults } = call;
  const scope = state.scope(level, id, environment);
  const inAction = level.action !== undefined;
  const fromDefaults = (key: string): unknown =>
    inAction
      ? undefined
      : (at(defaults.job, 'defaults', 'run', key) ?? at(defaults.workflow, 'defaults', 'run', key));
  const named = evaluateText(step['shell'] ?? fromDefaults('shell'), scope);
  if (inAction && named === '') throw new Error('Required property is missing: shell');
  const template = named === '' ? usualShell : (shells[named] ?? named);
  if (!template.includes('{0}'))
    throw new Error(
      `Invalid shell option. Shell must be a valid built-in (bash, sh, python) or a format string containing '{0}'`,
    );
  const script = evaluateText(step['run'], scope);
  const file = join(state.temp, `${randomUUID()}${endings[template.split(' ')[0]!] ?? ''}`);
  writeFileSync(file, script);
  const [command, ...args] = template.split(/\s+/).map((part) => part.replace('{0}', file));
  const asked = evaluateText(step['working-directory'] ?? fromDefaults('working-directory'), scope);
  const folder = resolve(state.workspace, asked);
  open.log.say(`##[group]Run ${script.trim().split('\n')[0]}`);
  for (const line of script.trimEnd().split('\n')) open.log.say(line);
  open.log.say(`shell: ${template}`);
  open.log.say('##[endgroup]');
  if (!existsSync(folder)) {
    throw new Error(
      `An error occurred trying to start process '${command}' with working directory '${folder}'. No such file or directory`,
    );
  }
  await runProgram(call, {
    command: command!,
    args,
    folder,
    environment: state.variables(level, id, environment),
  });
}
