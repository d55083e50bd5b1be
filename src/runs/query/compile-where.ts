// Not by the door, which needs Node: pages of a site have this language too.
import { nearest } from '../../base/nearest.ts';
import type { Column } from '../run-index/columns.ts';
import { isFalse, isNull, isNumber, isText, isTrue, missing } from '../run-index/columns.ts';
import type { RunTable } from '../run-index/run-table.ts';
import type { Field } from './fields.ts';
import { fieldOf } from './fields.ts';
import { linearPattern } from './linear-pattern.ts';
import { timeSpan } from './time-span.ts';
import type { Condition, Literal, Name, Operator } from './where-syntax.ts';
import { WhereMistake } from './where-syntax.ts';

/** Whether a row of the index is meant. */
export type Predicate = (row: number) => boolean;

/**
 * A condition, ready to be asked of each row. What a run does not have makes every comparison false, `!=` too; `is
 * missing` asks for it. `null` is a value. A number is never less or greater than a text.
 *
 * @throws WhereMistake
 */
export function compileWhere(condition: Condition, index: RunTable): Predicate {
  switch (condition.kind) {
    case 'and': {
      const parts = condition.parts.map((part) => compileWhere(part, index));
      return (row) => parts.every((part) => part(row));
    }
    case 'or': {
      const parts = condition.parts.map((part) => compileWhere(part, index));
      return (row) => parts.some((part) => part(row));
    }
    case 'not': {
      const part = compileWhere(condition.part, index);
      return (row) => !part(row);
    }
    case 'missing':
      return isMissing(fieldOf(index, condition.field), index);
    case 'in': {
      const { field } = condition;
      const parts = condition.values.map((value) => comparison(field, '=', value, index));
      return (row) => parts.some((part) => part(row));
    }
    case 'compare':
      return comparison(condition.field, condition.operator, condition.value, index);
  }
}

function isMissing(field: Field, index: RunTable): Predicate {
  if (field.kind === 'column') {
    const { kinds } = index.column(field.name);
    return (row) => kinds[row] === missing;
  }
  return (row) => textsOf(field, index, row).length === 0;
}

function textsOf(field: Field, index: RunTable, row: number): readonly string[] {
  const { tags, notes } = index.notesOf(row);
  return field.kind === 'tag' ? tags : notes.map(({ text }) => text);
}

function comparison(name: Name, operator: Operator, value: Literal, index: RunTable): Predicate {
  const field = fieldOf(index, name);
  if (field.kind !== 'column') {
    const test = textTest(field.name, operator === '!=' ? '=' : operator, value);
    // One of the tags has to fit; `!=` says that there are some, and none of them does.
    return (row) => {
      const texts = textsOf(field, index, row);
      return operator === '!=' ? texts.length > 0 && !texts.some(test) : texts.some(test);
    };
  }
  if (field.name === 'started') return timeComparison(index.column('started'), operator, value);
  checkWord(field.name, operator, value);
  return columnComparison(field.name, index.column(field.name), operator, value);
}

const words: Readonly<Record<string, readonly string[]>> = {
  status: ['succeeded', 'failed', 'cancelled'],
  verdict: ['pass', 'fail', 'inconclusive'],
};

/** A status that no run can ever have is a slip. */
function checkWord(field: string, operator: Operator, value: Literal): void {
  const known = words[field];
  if (known === undefined || (operator !== '=' && operator !== '!=') || known.includes(value.text)) return;
  const meant = nearest(value.text, known);
  throw new WhereMistake({
    ...value,
    message: `"${value.text}" is no ${field}`,
    remedy: meant === undefined ? `It is one of ${known.join(', ')}.` : `Did you mean "${meant}"?`,
  });
}

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function columnComparison(field: string, column: Column, operator: Operator, value: Literal): Predicate {
  const { kinds, values, texts } = column;
  const test = textTest(field, operator, value);
  const fits = texts.map(test);
  const number = !value.quoted && numberPattern.test(value.text) ? Number(value.text) : undefined;
  const isSo = numberTest(operator, number);
  const plain = value.quoted ? undefined : value.text;
  const word = (kind: string): boolean =>
    operator === '=' ? plain === kind : operator === '!=' ? plain !== kind : false;
  const [ifTrue, ifFalse, ifNull] = [word('true'), word('false'), word('null')];
  return (row) => {
    switch (kinds[row]) {
      case isNumber:
        return isSo(values[row]!);
      case isText:
        return fits[values[row]!]!;
      case isTrue:
        return ifTrue;
      case isFalse:
        return ifFalse;
      case isNull:
        return ifNull;
      default:
        return false;
    }
  };
}

function numberTest(operator: Operator, wanted: number | undefined): (value: number) => boolean {
  if (wanted === undefined) return () => operator === '!=';
  switch (operator) {
    case '=':
      return (value) => value === wanted;
    case '!=':
      return (value) => value !== wanted;
    case '<':
      return (value) => value < wanted;
    case '<=':
      return (value) => value <= wanted;
    case '>':
      return (value) => value > wanted;
    case '>=':
      return (value) => value >= wanted;
    case '~':
      return () => false;
  }
}

/** Ids of runs and of commits may be cut short, as everywhere. */
const abbreviated = ['id', 'commit'];
const shortest = 4;

function textTest(field: string, operator: Operator, value: Literal): (text: string) => boolean {
  const wanted = value.text;
  switch (operator) {
    case '=':
    case '!=': {
      const isPrefix = abbreviated.includes(field) && wanted.length >= shortest;
      const isSame = (text: string): boolean => text === wanted || (isPrefix && text.startsWith(wanted));
      return operator === '=' ? isSame : (text) => !isSame(text);
    }
    case '~': {
      const pattern = linearPattern(wanted);
      if ('matches' in pattern) return (text) => pattern.matches(text);
      throw new WhereMistake({
        at: value.at + (value.quoted ? 1 : 0) + pattern.at,
        length: 1,
        message: `This is no regular expression: ${pattern.message}`,
        remedy: 'A "\\\\" before a character makes it mean itself.',
      });
    }
    default: {
      // A bare number is a number here, and none is less than a text.
      if (!value.quoted && numberPattern.test(wanted)) return () => false;
      const test = orderTest(operator);
      return (text) => test(text < wanted ? -1 : text > wanted ? 1 : 0);
    }
  }
}

function orderTest(operator: '<' | '<=' | '>' | '>='): (order: number) => boolean {
  switch (operator) {
    case '<':
      return (order) => order < 0;
    case '<=':
      return (order) => order <= 0;
    case '>':
      return (order) => order > 0;
    case '>=':
      return (order) => order >= 0;
  }
}

function timeComparison({ kinds, values }: Column, operator: Operator, value: Literal): Predicate {
  const span = timeSpan(value.text);
  if (span === undefined || operator === '~') {
    throw new WhereMistake({
      ...value,
      message: span === undefined ? `"${value.text}" is no date` : 'A time has no text to search in',
      remedy:
        'Dates are 2026, 2026-03, 2026-03-01 and 2026-03-01T12:30Z, in UTC; compare them by = != < <= > >=.',
    });
  }
  const { from, until } = span;
  const test = ((): ((time: number) => boolean) => {
    switch (operator) {
      case '=':
        return (time) => time >= from && time < until;
      case '!=':
        return (time) => time < from || time >= until;
      case '<':
        return (time) => time < from;
      case '<=':
        return (time) => time < until;
      case '>':
        return (time) => time >= until;
      case '>=':
        return (time) => time >= from;
    }
  })();
  return (row) => kinds[row] === isNumber && test(values[row]!);
}
