import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { InputSpec, InputSpecs, InputValues } from './action.ts';
import { inputInvalid, inputMissing } from './failures.ts';

/** The inputs of an action, from the texts that the runner gives; every mistake at once. */
export function readInputs<I extends InputSpecs>(
  specs: I,
  textOf: (name: string) => string,
): Result<InputValues<I>, readonly Failure[]> {
  const failures: Failure[] = [];
  const values = Object.entries(specs).map(([name, spec]) => {
    const read = readInput(name, spec, textOf(name).trim());
    if (!read.ok) failures.push(read.failure);
    return [name, read.ok ? read.value : undefined];
  });
  return failures.length > 0
    ? failed(failures)
    : success(Object.fromEntries(values) as unknown as InputValues<I>);
}

function readInput(name: string, spec: InputSpec, text: string): Result<unknown, Failure> {
  if (text === '' && spec.required === true) return failed(inputMissing(name, spec.description));
  switch (spec.kind) {
    case 'text':
      return success(text === '' ? undefined : text);
    case 'lines':
      return success(
        text
          .split('\n')
          .map((each) => each.trim())
          .filter((each) => each !== ''),
      );
    case 'flag':
      // The words that YAML 1.2 has for it, as the actions of GitHub read them.
      if (text === '' || /^(false|False|FALSE)$/.test(text)) return success(false);
      return /^(true|True|TRUE)$/.test(text)
        ? success(true)
        : failed(inputInvalid(name, text, '`true` or `false`'));
    case 'number':
      if (text === '') return success(undefined);
      return /^\d{1,15}$/.test(text)
        ? success(Number(text))
        : failed(inputInvalid(name, text, 'a whole number'));
  }
}
