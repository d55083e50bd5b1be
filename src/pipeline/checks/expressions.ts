import { nearest } from '../../base/index.ts';
import type { ExpressionReference, FunctionUse, Span } from '../expression-parse.ts';
import { parseExpression, plainFunctions, statusFunctions } from '../expression-parse.ts';
import { conditionExpression, hasExpression, segmentsOf } from '../expression-text.ts';
import { contextNames, mixedCondition } from '../expressions.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import type { PlacePath } from '../pipeline.ts';
import { listed, shown } from '../shape-words.ts';
import type { Check, Checking, StepDraft } from './checking.ts';
import { declares, member, steps, unknownName } from './checking.ts';
import { stepsBefore } from './needs.ts';

/** Members of the context `run`. */
const runNames: readonly string[] = ['pipeline'];

/** Where an expression stands, and so what it may read. */
interface Position {
  readonly checking: Checking;
  readonly step: string;
  readonly before: ReadonlySet<string>;
  readonly path: PlacePath;
  /** `plan`: known before the run; `run`: when the needs have ended; `if`: also how they ended. */
  readonly when: 'plan' | 'run' | 'if';
}

/** Keys of a step whose texts are evaluated. */
const evaluated: Readonly<Record<string, Position['when']>> = {
  if: 'if',
  run: 'run',
  env: 'run',
  with: 'plan',
};

/** Mistakes in expressions, and expressions where none are evaluated. */
export const checkExpressions: Check = (checking) => {
  const before = stepsBefore(checking);
  const failures: FileFailure[] = [];
  for (const [step, draft] of steps(checking)) {
    for (const [key, value] of Object.entries(draft)) {
      const when = evaluated[key];
      const path = ['steps', step, key];
      if (when === undefined) failures.push(...misplaced(checking, value, path));
      else {
        const position = { checking, step, before: before.get(step) ?? new Set<string>(), when };
        for (const found of textsIn(value, path, when === 'if')) {
          failures.push(...checkText(found.text, { ...position, path: found.path }));
        }
      }
    }
  }
  const { steps: _, ...rest } = checking.draft;
  return [...failures, ...misplaced(checking, rest, [])];
};

interface FoundText {
  readonly text: string;
  readonly path: PlacePath;
}

/** The texts in a value that hold expressions, or all of them. */
function textsIn(value: unknown, path: PlacePath, all: boolean): readonly FoundText[] {
  const found: FoundText[] = [];
  const visit = (at: unknown, path: PlacePath): void => {
    if (typeof at === 'string') {
      if (all || hasExpression(at)) found.push({ text: at, path });
    } else if (Array.isArray(at)) {
      if (all || at.some((item) => typeof item !== 'string' || hasExpression(item))) {
        for (const [i, item] of at.entries()) visit(item, [...path, i]);
      }
    } else if (at !== null && typeof at === 'object') {
      for (const [key, member] of Object.entries(at)) visit(member, [...path, key]);
    }
  };
  visit(value, path);
  return found;
}

function misplaced({ places }: Checking, value: unknown, path: PlacePath): readonly FileFailure[] {
  const found = textsIn(value, path, false).filter(
    (text) => !['name', 'description'].includes(String(text.path.at(-1))),
  );
  if (found.length === 0) return [];
  const where = listed(Object.keys(evaluated).map(shown), 'and');
  return found.map((text) =>
    mistake(
      'pipeline-expression-place',
      'expressions are not evaluated here',
      places.place(text.path),
      `they are in ${where} of steps`,
    ),
  );
}

function checkText(text: string, position: Position): readonly FileFailure[] {
  const { path, when } = position;
  const { places } = position.checking;
  if (when === 'if') {
    const expression = conditionExpression(text);
    if (expression !== undefined) return checkExpression(expression.text, expression.offset, position);
    return [
      mistake(
        'pipeline-expression-syntax',
        mixedCondition,
        places.place(path),
        'write one expression; `&&` and `||` join several',
      ),
    ];
  }
  return segmentsOf(text).flatMap((segment) => {
    if (segment.kind === 'expression') return checkExpression(segment.text, segment.offset, position);
    if (segment.kind === 'text') return [];
    const place = places.placeIn(path, { offset: segment.offset, length: 3 });
    const quote = (segment.text.match(/'/g)?.length ?? 0) % 2 === 1;
    const message = quote
      ? 'a text in the expression has no closing quote'
      : 'the expression has no closing `}}`';
    return [
      mistake(
        'pipeline-expression-syntax',
        message,
        place,
        quote ? "write a quote inside of a text as two: `''`" : undefined,
      ),
    ];
  });
}

function checkExpression(text: string, offset: number, position: Position): readonly FileFailure[] {
  const at = (span: Span): FileFailure['place'] =>
    position.checking.places.placeIn(position.path, { offset: offset + span.offset, length: span.length });
  const parsed = parseExpression(text);
  if (!parsed.ok)
    return [mistake('pipeline-expression-syntax', parsed.failure.message, at(parsed.failure.at))];
  return [
    ...parsed.value.functions.flatMap((use) => checkFunction(use, position, at)),
    ...parsed.value.references.flatMap((reference) => checkReference(reference, position, at)),
  ];
}

type At = (span: Span) => FileFailure['place'];

function checkFunction({ name, at: span }: FunctionUse, { when }: Position, at: At): readonly FileFailure[] {
  const lower = name.toLowerCase();
  if (plainFunctions.some((known) => known.toLowerCase() === lower)) return [];
  if (statusFunctions.includes(lower)) {
    if (when === 'if') return [];
    const message = `${shown(`${name}()`)} can be asked only in an \`if\``;
    return [mistake('pipeline-expression-name', message, at(span))];
  }
  const known = when === 'if' ? [...plainFunctions, ...statusFunctions] : plainFunctions;
  return [
    unknownName('pipeline-expression-name', `there is no function ${shown(name)}`, name, known, {
      place: at(span),
      none: '',
      plural: 'functions',
    }),
  ];
}

function checkReference(reference: ExpressionReference, position: Position, at: At): readonly FileFailure[] {
  const { context, path } = reference;
  const { checking, when } = position;
  const place = at(reference.at[0]!);
  if (context === 'secrets') {
    const remedy = 'list its name under `secrets:`: the command gets it as an environment variable';
    return [mistake('pipeline-expression-name', 'secrets cannot be read in expressions', place, remedy)];
  }
  if (!contextNames.includes(context)) {
    const where = { place, none: '', plural: 'contexts' };
    return [
      unknownName(
        'pipeline-expression-name',
        `there is no context ${shown(context)}`,
        context,
        contextNames,
        where,
      ),
    ];
  }
  if (when === 'plan' && context === 'steps') {
    const message = `${shown(context)} is not known yet when this is evaluated`;
    return [
      mistake(
        'pipeline-expression-late',
        message,
        place,
        'it can be read in `if`, and in `run` and `env` of commands',
      ),
    ];
  }
  const name = path[0];
  if (name === undefined) return [];
  const nameFailure = checkName(context, name, position, at(reference.at[1]!));
  if (nameFailure !== undefined) return [nameFailure];
  const field = path[1];
  if (field === undefined) return [];
  const fields = fieldsOf(checking, context, name);
  if (fields === undefined || fields.includes(field)) return [];
  const where = { place: at(reference.at[2]!), none: '', plural: fields.length === 1 ? 'field' : 'fields' };
  const message = `a ${context === 'data' ? 'dataset' : 'step'} has no ${shown(field)} here`;
  return [unknownName('pipeline-expression-name', message, field, fields, where)];
}

/** What can be read of a thing behind its name; `undefined` where that is anything. */
function fieldsOf(checking: Checking, context: string, name: string): readonly string[] | undefined {
  if (context === 'steps') return ['status', 'outputs', 'metrics'];
  if (context !== 'data') return undefined;
  return member(checking.draft.data, name)?.target === undefined ? ['path'] : ['path', 'target'];
}

function checkName(
  context: string,
  name: string,
  position: Position,
  place: FileFailure['place'],
): FileFailure | undefined {
  const { checking } = position;
  const step: StepDraft = member(checking.draft.steps, position.step) ?? {};
  const declared = (section: 'params' | 'data' | 'steps', what: string): FileFailure | undefined =>
    declares(checking, section, name)
      ? undefined
      : notDeclared(name, Object.keys(checking.draft[section] ?? {}), {
          what,
          none: `declare it under \`${section}:\``,
          place,
        });
  switch (context) {
    case 'params':
      return declared('params', 'param');
    case 'data':
      return declared('data', 'dataset');
    case 'matrix': {
      if (step.matrix === undefined && Object.hasOwn(step, 'matrix')) return undefined;
      const keys = Object.keys(step.matrix ?? {});
      if (keys.includes(name)) return undefined;
      return notDeclared(name, keys, { what: 'matrix value', none: 'give the step a `matrix`', place });
    }
    case 'steps': {
      const unknown = declared('steps', 'step');
      const isHidden = step.needs === undefined && Object.hasOwn(step, 'needs');
      if (unknown !== undefined || position.before.has(name) || isHidden) return unknown;
      const message = `${shown(position.step)} does not need ${shown(name)}, so it may not have run`;
      return mistake('pipeline-expression-name', message, place, `add ${shown(name)} to its \`needs\``);
    }
    case 'env': {
      const isSecret = steps(checking).some(([, { secrets }]) => secrets?.includes(name) === true);
      if (!isSecret) return undefined;
      const remedy = 'a command that lists it under `secrets:` gets it as an environment variable';
      return mistake('pipeline-expression-name', 'secrets cannot be read in expressions', place, remedy);
    }
    case 'run':
      if (runNames.includes(name)) return undefined;
      return mistake(
        'pipeline-expression-name',
        `a run has no ${shown(name)} here`,
        place,
        'only `run.pipeline` can be read: an id or a time would make every step stale in every run',
      );
    default:
      return undefined;
  }
}

interface Undeclared {
  readonly what: string;
  /** What to do when nothing of the kind is declared. */
  readonly none: string;
  readonly place: FileFailure['place'];
}

function notDeclared(name: string, known: readonly string[], { what, none, place }: Undeclared): FileFailure {
  const same = nearest(name, known);
  const message = `there is no ${what} ${shown(name)}`;
  if (same?.toLowerCase() === name.toLowerCase()) {
    return mistake('pipeline-expression-name', message, place, `write it as it is declared: \`${same}\``);
  }
  const plural = known.length === 1 ? what : `${what}s`;
  return unknownName('pipeline-expression-name', message, name, known, { place, none, plural });
}
