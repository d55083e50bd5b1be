import { heldOutSameness } from '@format';
import type { Compared } from './compared.ts';

type Record = Pick<Compared, 'record'>;

/** Whether a run read the bytes that the baseline read, by the fingerprints of its datasets; unknown where one has none. */
export function sameData({ record: run }: Record, { record: base }: Record): 'same' | 'other' | 'unknown' {
  let all: 'same' | 'unknown' = 'same';
  for (const name of new Set([...Object.keys(run.data), ...Object.keys(base.data)])) {
    const [own, others] = [run, base].map(({ data }) => (Object.hasOwn(data, name) ? data[name] : undefined));
    if (own === undefined || others === undefined) return 'other';
    if (own.fingerprint === undefined || others.fingerprint === undefined) all = 'unknown';
    else if (own.fingerprint !== others.fingerprint) return 'other';
  }
  return all;
}

/** What a page says of the held-out rows of a dataset beside those of the baseline. */
export function heldOutWords({ record: run }: Record, { record: base }: Record, dataset: string): string {
  const sameness = heldOutSameness(base, run, dataset);
  return sameness === 'same' ? 'the same' : sameness === 'different' ? 'others' : 'not known';
}
