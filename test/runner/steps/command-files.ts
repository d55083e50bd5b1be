import { readFileSync } from 'node:fs';

/** A file that a step fills for the runner is malformed: the step fails. */
export class CommandFileProblem extends Error {}

/**
 * `name=value` and `name<<DELIMITER` entries of GITHUB_OUTPUT, GITHUB_ENV and GITHUB_STATE.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files
 */
export function readPairs(file: string): [name: string, value: string][] {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const pairs: [string, string][] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new CommandFileProblem(`Invalid format '${line}'. Name must not be empty`);
      pairs.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else if (heredoc >= 0) {
      const delimiter = line.slice(heredoc + 2);
      if (heredoc === 0 || delimiter === '') {
        throw new CommandFileProblem(
          `Invalid format '${line}'. Name must not be empty and delimiter must not be empty`,
        );
      }
      const end = lines.indexOf(delimiter, i + 1);
      if (end < 0) throw new CommandFileProblem(`Invalid value. Matching delimiter not found '${delimiter}'`);
      pairs.push([line.slice(0, heredoc), lines.slice(i + 1, end).join('\n')]);
      i = end;
    } else throw new CommandFileProblem(`Invalid format '${line}'`);
  }
  return pairs;
}
