import type { Action } from './action.ts';

/** The `action.yml` of an action: what GitHub shows and checks is what the code reads. */
export function actionFile({ name, description, inputs, outputs }: Action): string {
  const parts = [
    '# Made of src/actions by `npm run actions`; change it there.',
    `name: ${quoted(`Trainyard: ${name}`)}`,
    `description: ${quoted(description)}`,
    'author: Trainyard',
  ];
  if (Object.keys(inputs).length > 0) parts.push('inputs:');
  for (const [id, input] of Object.entries(inputs)) {
    parts.push(`  ${id}:`, `    description: ${quoted(input.description)}`);
    parts.push(`    required: ${input.required === true && input.default === undefined}`);
    if (input.default !== undefined) parts.push(`    default: ${quoted(input.default)}`);
  }
  if (Object.keys(outputs).length > 0) parts.push('outputs:');
  for (const [id, output] of Object.entries(outputs)) {
    parts.push(`  ${id}:`, `    description: ${quoted(output.description)}`);
  }
  parts.push('runs:', '  using: node24', `  main: ../dist/bin/action-${name}.js`);
  parts.push('branding:', '  icon: git-merge', '  color: blue');
  return `${parts.join('\n')}\n`;
}

/** The reference page of all actions, in Markdown. */
export function actionsPage(actions: readonly Action[]): string {
  const sections = actions.map((action) => {
    const { name, description, inputs, outputs, permissions } = action;
    return [
      `## ${name}`,
      '',
      `${description}`,
      '',
      permissions.length === 0
        ? 'The token of the job needs no permissions.'
        : `The token of the job needs ${permissions.map((each) => `\`${each}\``).join(', ')}.`,
      '',
      ...table(['input', 'meaning', 'default'], Object.entries(inputs), (id, input) => [
        `\`${id}\``,
        `${input.description}${input.kind === 'lines' ? ' One a line.' : ''}`,
        input.default !== undefined ? `\`${input.default}\`` : input.required === true ? '*required*' : '',
      ]),
      ...table(['output', 'meaning'], Object.entries(outputs), (id, output) => [
        `\`${id}\``,
        output.description,
      ]),
    ].join('\n');
  });
  const names = actions.map(({ name }) => `[${name}](#${name})`).join(', ');
  return [
    '# Actions',
    '',
    'Made of `src/actions` by `npm run actions`. Each is used as `trainyard/trainyard/actions/<name>@<commit>`;',
    `they run on the Node of the runner and need nothing else set up: ${names}.`,
    '',
    ...sections,
  ].join('\n');
}

function table<T>(
  titles: readonly string[],
  entries: readonly (readonly [string, T])[],
  cells: (id: string, value: T) => readonly string[],
): readonly string[] {
  if (entries.length === 0) return [];
  const row = (texts: readonly string[]): string =>
    `| ${texts.map((each) => each.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    row(titles),
    row(titles.map(() => '---')),
    ...entries.map(([id, value]) => row(cells(id, value))),
    '',
  ];
}

/** As a JSON string, which is YAML too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
