import { loadSources } from './sources.mjs';
import { cell } from './tables.mjs';

/** The verbs of the command line with their arguments, options and examples, as `--help` has them. */
export async function commandLine() {
  const { buildProgram } = await loadSources(['cli/program.ts']);
  let said = '';
  const terminal = { colors: false, columns: 100 };
  const program = buildProgram(
    {
      out: (text) => {
        said += text;
      },
      err: () => {},
      outTerminal: terminal,
      errTerminal: terminal,
      env: {},
      cwd: '/',
      signal: new AbortController().signal,
      exit: () => {},
    },
    '0.0.0',
  );
  const parts = [`## Options of every verb\n\n${optionsTable(program)}`];
  visit(program, 'trainyard', (command, name) => {
    said = '';
    command.outputHelp();
    const examples = (said.split('\nExamples:\n')[1] ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('trainyard '));
    parts.push(
      [
        `## \`${name}\``,
        sentence(command.description()),
        ['```text', `${name} ${command.usage()}`.replace(' [command]', ''), '```'].join('\n'),
        ...(command.options.length === 0 ? [] : [optionsTable(command)]),
        ...(examples.length === 0
          ? []
          : [['<!-- not run: examples -->', '', '```sh', ...examples, '```'].join('\n')]),
      ].join('\n\n'),
    );
  });
  return parts.join('\n\n');
}

function visit(command, name, see) {
  for (const each of command.commands) {
    if (each.commands.length === 0) see(each, `${name} ${each.name()}`);
    else visit(each, `${name} ${each.name()}`, see);
  }
}

function optionsTable(command) {
  const rows = command.options.map((option) => {
    const choices =
      option.argChoices === undefined
        ? ''
        : `; one of ${option.argChoices.map((each) => `\`${each}\``).join(', ')}`;
    const said = option.description.replace(/\(default: [^)]*\)$/, '').trimEnd() === option.description;
    const hasDefault = option.defaultValue !== undefined && option.defaultValue !== true && said;
    const preset = hasDefault ? ` Default: \`${option.defaultValue}\`.` : '';
    const needed = option.mandatory ? ' (required)' : '';
    return `| \`${option.flags.replaceAll('|', '\\|')}\`${needed} | ${cell(sentence(option.description + choices))}${preset} |`;
  });
  return ['| option | meaning |', '| --- | --- |', ...rows].join('\n');
}

function sentence(text) {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.…)]$/.test(first) ? first : `${first}.`;
}
