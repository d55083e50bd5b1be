import type { RegistryEvent } from '../event.ts';

/** What the name of a tag says, in GTO's grammar. */
export type TagName = (
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'archive'; readonly name: string }
  | { readonly kind: 'assign'; readonly stage: string }
  | { readonly kind: 'unassign'; readonly stage: string }
  /** What GTO says of a whole model. */
  | { readonly kind: 'created' }
  | { readonly kind: 'deprecated' }
) & {
  /** As GTO names it: with `:` where the tag has `=`. */
  readonly model: string;
  readonly counter?: number;
};

/** Nobody promotes that often; a tag with more digits, made by hand, would use up the numbers. */
export const largestCounter = 999_999_999;

const part = '[a-zA-Z0-9](?:[a-zA-Z0-9/_-]*[a-zA-Z0-9])?';
const number = '(?:0|[1-9][0-9]*)';
const identifier = '(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)';
const version = `v${number}\\.${number}\\.${number}(?:-${identifier}(?:\\.${identifier})*)?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?`;
/** The grammar of GTO 1.10. */
const grammar = new RegExp(
  `^((?:[a-zA-Z0-9._/-]+=)?${part})(?:(?:#(${part})|@(${version}))(!?)|@(created|deprecated))(?:#([0-9]+))?$`,
);

/** `undefined` when the tag is none of a registry. */
export function parseTagName(tag: string): TagName | undefined {
  if (tag.length > 512) return undefined;
  const match = grammar.exec(tag);
  if (match === null) return undefined;
  const [, inTag, stage, name, taken, word, digits] = match;
  const model = inTag!.replace('=', ':');
  const counter = digits === undefined ? {} : { counter: Number(digits) };
  if (word !== undefined) return { kind: word as 'created' | 'deprecated', model, ...counter };
  if (stage !== undefined) return { kind: taken === '!' ? 'unassign' : 'assign', model, stage, ...counter };
  return { kind: taken === '!' ? 'archive' : 'register', model, name: name!, ...counter };
}

/** The name of the tag that an event stands in. */
export function tagOf(event: RegistryEvent): string {
  switch (event.kind) {
    case 'register':
      return `${event.model}@${event.name}`;
    case 'assign':
      return `${event.model}#${event.stage}#${event.counter}`;
    case 'unassign':
      return `${event.model}#${event.stage}!#${event.counter}`;
    case 'archive':
      return `${event.model}@${event.name}!#${event.counter}`;
  }
}

/** How the names of all tags of a model begin. */
export function tagPrefixes(model: string): readonly [versions: string, stages: string] {
  const inTag = model.replace(':', '=');
  return [`${inTag}@`, `${inTag}#`];
}
