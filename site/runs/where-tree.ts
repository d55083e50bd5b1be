import type { Condition, Operator } from '@format';
import { writeLiteral, writeName } from './filter.ts';

/** A condition as rows in groups, as people put it together; rows may still lack something. */
export type WherePart = WhereGroup | WhereRule;

export interface WhereGroup {
  readonly kind: 'group';
  readonly match: Match;
  readonly parts: readonly WherePart[];
}

export type Match = 'all' | 'any' | 'none';

export interface WhereRule {
  readonly kind: 'rule';
  /** Empty: not chosen yet. */
  readonly field: string;
  readonly operator: RuleOperator;
  /** One, or some for `in`; none where the operator needs none. */
  readonly values: readonly RuleValue[];
}

export type RuleOperator = Operator | 'in' | 'is missing' | 'is not missing';

export interface RuleValue {
  readonly text: string;
  /** Then it is a text, whatever it looks like. */
  readonly quoted: boolean;
}

/** In words, in the order of the menu. */
export const operators: readonly (readonly [RuleOperator, string])[] = [
  ['=', 'is'],
  ['!=', 'is not'],
  ['>', 'is more than'],
  ['>=', 'is at least'],
  ['<', 'is less than'],
  ['<=', 'is at most'],
  ['in', 'is one of'],
  ['~', 'matches'],
  ['is missing', 'is missing'],
  ['is not missing', 'is not missing'],
];

export const emptyRule: WhereRule = {
  kind: 'rule',
  field: '',
  operator: '=',
  values: [{ text: '', quoted: false }],
};

export function needsValue(operator: RuleOperator): boolean {
  return operator !== 'is missing' && operator !== 'is not missing';
}

/** Every condition has a tree, and the text of the tree asks the same. */
export function treeOf(condition: Condition): WhereGroup {
  const part = partOf(condition);
  return part.kind === 'group' ? part : { kind: 'group', match: 'all', parts: [part] };
}

function partOf(condition: Condition): WherePart {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return {
        kind: 'group',
        match: condition.kind === 'and' ? 'all' : 'any',
        parts: condition.parts.map(partOf),
      };
    case 'not': {
      const { part } = condition;
      if (part.kind === 'missing') return rule(part.field.text, 'is not missing', []);
      const inner = partOf(part);
      const isList = inner.kind === 'group' && inner.match === 'any';
      return { kind: 'group', match: 'none', parts: isList ? inner.parts : [inner] };
    }
    case 'compare':
      return rule(condition.field.text, condition.operator, [condition.value]);
    case 'in':
      return rule(condition.field.text, 'in', condition.values);
    case 'missing':
      return rule(condition.field.text, 'is missing', []);
  }
}

function rule(field: string, operator: RuleOperator, values: readonly RuleValue[]): WhereRule {
  return { kind: 'rule', field, operator, values: values.map(({ text, quoted }) => ({ text, quoted })) };
}

/** What a tree asks; rows that lack something ask nothing. */
export function textOf(group: WhereGroup): string {
  return textOfGroup(group) ?? '';
}

function textOfGroup({ match, parts }: WhereGroup): string | undefined {
  const written = parts.flatMap((part) => {
    if (part.kind === 'rule') return textOfRule(part) ?? [];
    const text = textOfGroup(part);
    if (text === undefined) return [];
    return part.match === 'none' ? text : `(${text})`;
  });
  if (written.length === 0) return undefined;
  return match === 'none'
    ? `not (${written.join(' or ')})`
    : written.join(match === 'all' ? ' and ' : ' or ');
}

function textOfRule({ field, operator, values }: WhereRule): string | undefined {
  if (field === '') return undefined;
  const name = writeName(field);
  if (!needsValue(operator)) return `${name} ${operator}`;
  const texts = values
    .filter(({ text, quoted }) => quoted || text.trim() !== '')
    .map(({ text, quoted }) => writeLiteral(quoted ? text : text.trim(), quoted));
  if (texts.length === 0) return undefined;
  return operator === 'in' ? `${name} in (${texts.join(', ')})` : `${name} ${operator} ${texts[0]}`;
}
