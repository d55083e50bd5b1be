import { createContext, Script } from 'node:vm';
import { compilePattern } from './pattern.ts';

/** Characters of a text with a pattern in a request, where the contract says no `maxLength`. */
export const patternLength = 1000;

/** Milliseconds that one text may take; what takes longer counts as one that does not match. */
const patternTime = 100;
/** The same for a pattern on which somebody has waited so long: texts that are meant take no such time. */
const laterTime = 10;
/** Steps that nobody notices: about a millisecond. */
const harmlessSteps = 1_000_000;
/** Characters that are tried without a clock whatever the pattern is: a clock takes a tenth of a millisecond. */
const shortest = 12;

/** What a validator asks of a regular expression. */
export interface BoundedRegex {
  test(text: string): boolean;
  toString(): string;
}

/**
 * A pattern that no text can hold up the others with. Matching goes back and tries again: some patterns take times that
 * grow with a power of the length of the text, some double them with each character. Where the steps that a text could
 * take are many, a clock runs beside, and ends the match.
 */
export function boundedRegex(pattern: string): BoundedRegex | undefined {
  const regex = compilePattern(pattern);
  if (regex === undefined) return undefined;
  const harmless = harmlessLength(pattern);
  let timed: ((text: string) => boolean) | undefined;
  return {
    test: (text) => {
      if (text.length <= harmless) return regex.test(text);
      timed ??= timedTest(regex);
      return timed(text);
    },
    toString: () => String(regex),
  };
}

function timedTest(regex: RegExp): (text: string) => boolean {
  const sandbox: { test: (text: string) => boolean; text: string } = {
    test: (text) => regex.test(text),
    text: '',
  };
  const context = createContext(sandbox);
  const script = new Script('test(text)');
  let timeout = patternTime;
  return (text) => {
    sandbox.text = text;
    try {
      return script.runInContext(context, { timeout }) === true;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      timeout = laterTime;
      return false;
    } finally {
      sandbox.text = '';
    }
  };
}

/**
 * How long a text may be without a clock. An upper bound of the ways through a pattern: a factor of the length for each
 * open repetition and for where a match may begin, two for each choice; none for a repeated group.
 */
export function harmlessLength(pattern: string): number {
  // Classes and escapes are one character each; marks of groups are no choices.
  const bare = pattern
    .replace(/\\(?:[pPu]\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|k<[^>]*>|.)/gsu, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(/\(\?(?:[:=!]|<[=!]|<[^>]*>)/g, '(');
  const repetitions = bare.match(/(?:[*+]|\{\d+,\d*\})\??/g)?.length ?? 0;
  const choices = bare.match(/[|?]/g)?.length ?? 0;
  const repeatsGroup = /\)(?:[*+]|\{\d+(?:,\d*)?\})/.test(bare);
  const steps = harmlessSteps / 2 ** Math.min(choices, 60);
  if (repeatsGroup || steps < 1) return shortest;
  const power = repetitions + (bare.startsWith('^') && !bare.includes('|') ? 0 : 1);
  return power === 0 ? Number.MAX_SAFE_INTEGER : Math.max(shortest, Math.floor(steps ** (1 / power)));
}
