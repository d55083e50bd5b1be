import type { Digest } from '../../base/index.ts';
import { canonicalJson, digestOfBytes, digestOfJson } from '../../base/index.ts';
import type { FingerprintInput } from '../plan.ts';

/** Raised when the meaning of inputs changes: then every step runs anew. */
const fingerprintVersion = 1;

export type Inputs = Readonly<Record<string, FingerprintInput>>;

/**
 * All the inputs together, later ones over earlier ones. Without a prototype, which makes V8 keep a table instead of a
 * hidden class for each of thousands of file names: planning 10,000 files takes half the time.
 */
export function joinInputs(...parts: readonly Inputs[]): Inputs {
  return Object.assign(Object.create(null) as Record<string, FingerprintInput>, ...parts) as Inputs;
}

/**
 * The digest of everything that can change a step's result. The names of inputs say what they are:
 *
 * - `with:<key>` input of a built-in step; `features`, `dataset:<key>`: the parts of the request that its work reads
 * - `run`, `out:<name>`, `env:<NAME>`, `param:<name>`, `matrix:<key>`, `data:<name>` what a command is and is handed
 * - `secret:<NAME>` that a command gets a secret, never its value: a renewed token makes no other model, and the digest
 *   of a short secret would tell it to whoever reads the cache
 * - `file:<path>` content of a declared file, of a file of a dataset, or of a contract
 * - `output:<step>/<name>` content that another step made
 * - `baseline:<name>` content of a model that a gate compares with
 * - `code:<part>` version of the code that does the work, and of the native packages that its bytes depend on
 * - `platform` operating system and processor, for work whose arithmetic or tools depend on them
 */
export function fingerprintOf(inputs: Inputs): Digest {
  // Canonical JSON, written here: steps have thousands of inputs, and their values are almost all digests.
  const members = Object.keys(inputs)
    .sort()
    .map((name) => {
      const input = inputs[name]!;
      const value = 'digest' in input ? `{"digest":"${input.digest}"}` : canonicalJson(input);
      return `${JSON.stringify(name)}:${value}`;
    });
  return digestOfBytes(`{"inputs":{${members.join(',')}},"version":${fingerprintVersion}}`);
}

export function sameInput(a: FingerprintInput | undefined, b: FingerprintInput | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if ('digest' in a) return 'digest' in b && a.digest === b.digest;
  return 'value' in b && digestOfJson(a.value) === digestOfJson(b.value);
}
