import type { Failure, Place, Result, Verdict } from '../base/index.ts';
import type { Effects } from '../commands/index.ts';

/** What one input of an action means. `action.yml` and the reference page are made of it. */
export interface InputSpec {
  /** In Markdown, one sentence or more. */
  readonly description: string;
  readonly kind: InputKind;
  readonly required?: true;
  /** As text, as `action.yml` has it. */
  readonly default?: string;
  /** Never shown in a log. */
  readonly secret?: true;
}

/**
 * - `text`: as it is, without white space at its ends; empty means that it was not given
 * - `flag`: `true` or `false`
 * - `lines`: one value a line, empty lines left out
 * - `number`: a whole number from 0 on
 */
export type InputKind = 'text' | 'flag' | 'lines' | 'number';

export interface OutputSpec {
  readonly description: string;
}

export type InputSpecs = Readonly<Record<string, InputSpec>>;
export type OutputSpecs = Readonly<Record<string, OutputSpec>>;

/** The value of each input: of a text or a number that was not given, `undefined`. */
export type InputValues<I extends InputSpecs> = { readonly [Name in keyof I]: ValueOf<I[Name]> };

type ValueOf<S extends InputSpec> = S['kind'] extends 'flag'
  ? boolean
  : S['kind'] extends 'lines'
    ? readonly string[]
    : S extends { readonly required: true } | { readonly default: string }
      ? Given<S['kind']>
      : Given<S['kind']> | undefined;

type Given<K extends InputKind> = K extends 'number' ? number : string;

/** One action: a thin shell over commands. It reads nothing but its inputs and the effects. */
export interface Action<I extends InputSpecs = InputSpecs, O extends OutputSpecs = OutputSpecs> {
  /** Of its folder: `validate`. */
  readonly name: string;
  /** One sentence, for `action.yml` and the marketplace. */
  readonly description: string;
  /** Whether it computes with data or models, and so needs the native packages; `site` needs those of the pages, too. */
  readonly packages: boolean | 'site';
  /** Of one that needs them: whether it goes without them when it is called so. */
  goesWithoutPackages?(inputs: InputValues<I>): boolean;
  readonly inputs: I;
  readonly outputs: O;
  /** Permissions of the job's token, for the reference page: `contents: read`. */
  readonly permissions: readonly string[];
  run(call: ActionCall<I>): Promise<Result<ActionOutcome<O>, readonly Failure[]>>;
}

export interface ActionCall<I extends InputSpecs> {
  readonly inputs: InputValues<I>;
  readonly effects: Effects;
  /** What started the workflow, as GitHub says it; hostile when somebody outside can start it. */
  readonly event: Readonly<Record<string, unknown>>;
  /** A line of the job's log. */
  readonly say: (text: string) => void;
  /** From now on the log does not show this text. */
  readonly mask: (secret: string) => void;
  /** Programs in this folder are found by the steps that follow. */
  readonly addPath: (folder: string) => void;
  /** Folder of the project, as a path from the root of the repository: annotations start with it. */
  readonly project: string;
}

export interface ActionOutcome<O extends OutputSpecs = OutputSpecs> {
  readonly outputs: { readonly [Name in keyof O]?: string };
  /** `fail` fails the step. */
  readonly verdict?: Verdict;
  /** Markdown for the job's page. */
  readonly summary?: string;
  readonly annotations?: readonly Annotation[];
  /** Of what went wrong although there is a result. Any of them fails the step. */
  readonly failures?: readonly Failure[];
}

/** A message at a place in a file; GitHub shows at most 10 a step. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  /** Its file is a path from the root of the repository. */
  readonly place?: Place;
}

/** Gives the types of inputs and outputs to the function that uses them. */
export function defineAction<const I extends InputSpecs, const O extends OutputSpecs>(
  action: Action<I, O>,
): Action<I, O> {
  return action;
}
