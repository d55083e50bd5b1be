import type { TriedRow, TryFile } from '@format';

type Problem = Extract<TriedRow, { problems: unknown }>['problems'][number];
type Column = TryFile['description']['columns'][number];

/** Longer sentences are cut: a column may allow thousands of values. */
const most = 300;

/** What a row has to be mended in, with the column, what that needs and who asks for it. */
export function problemText(
  problem: Problem,
  { description, modelVersion }: Pick<TryFile, 'description' | 'modelVersion'>,
): string {
  const { column: name, rule, expected } = problem;
  if (name === undefined) return cut(`expected ${expected}`);
  const column = description.columns.find((each) => each.name === name);
  return rule === 'required' && column !== undefined
    ? cut(`${name} is missing, and ${modelVersion} does not answer without it: it needs ${needOf(column)}`)
    : cut(`${name}: expected ${expected}`);
}

/** `an integer from 18 to 110, in years` */
export function needOf(column: Column): string {
  const unit = column.unit === undefined ? '' : `, in ${column.unit}`;
  return `${valueWords(column)}${unit}`;
}

function valueWords({ type, enum: allowed, minimum, maximum, pattern }: Column): string {
  if (allowed !== undefined)
    return allowed.length === 1 ? `the value ${allowed[0]}` : `one of ${someOf(allowed.map(String))}`;
  switch (type) {
    case 'integer':
    case 'number': {
      const kind = type === 'integer' ? 'an integer' : 'a number';
      if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`;
      if (minimum !== undefined) return `${kind} of at least ${minimum}`;
      return maximum === undefined ? kind : `${kind} of at most ${maximum}`;
    }
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a day such as 2026-03-01';
    case 'timestamp':
      return 'a moment such as 2026-03-01T12:00:00Z';
    case 'string':
      return pattern === undefined || pattern.includes('\\u0000')
        ? 'a text'
        : `a text that matches ${pattern}`;
  }
}

function someOf(values: readonly string[]): string {
  return values.length > 12
    ? `${values.slice(0, 12).join(', ')} and ${values.length - 12} others`
    : values.join(', ');
}

export function cut(text: string): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
