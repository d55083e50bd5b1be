import type { Random } from '../base/index.ts';
import type { Sample } from './sample.ts';
import { classCounts } from './sample.ts';

/** Classes with fewer rows than this are drawn among themselves. */
const rareClassRows = 10;

/**
 * Draws bootstrap resamples of rows (Efron 1979): how often each row counts.
 *
 * Rows are drawn from all rows, so that the intervals hold the chance in how many rows of each class there are;
 * drawing within every class would leave that out and make accuracy or precision look surer than they are. But a
 * resample must not lose a class, where most metrics have no value: a class with fewer than 10 rows is drawn among
 * its own rows (its intervals are a little too narrow: there is little to say about it anyway), and a resample that
 * loses another class all the same (less than once in 20,000 for each) is drawn again.
 */
export function resampler(sample: Sample, random: Random): (counts: Uint32Array) => void {
  const strata = strataOf(sample);
  const width = sample.task === 'classification' ? sample.classes.length : 0;
  const classes = sample.task === 'classification' ? sample.truth : undefined;
  const present = classes === undefined ? 0 : classCounts(classes, width).filter((n) => n > 0).length;
  const seen = new Uint8Array(width);
  return (counts) => {
    do {
      counts.fill(0);
      for (const rows of strata) {
        for (let i = 0; i < rows.length; i++) counts[rows[Math.floor(random() * rows.length)]!]!++;
      }
    } while (classes !== undefined && classesIn(counts, classes, seen) < present);
  };
}

function classesIn(counts: Uint32Array, classes: Int32Array, seen: Uint8Array): number {
  seen.fill(0);
  let found = 0;
  for (let i = 0; i < counts.length && found < seen.length; i++) {
    if (counts[i] === 0 || seen[classes[i]!] === 1) continue;
    seen[classes[i]!] = 1;
    found++;
  }
  return found;
}

/** Row indices of each stratum: one of every rare class, one of all other rows. */
function strataOf(sample: Sample): readonly Int32Array[] {
  const all = Int32Array.from({ length: sample.rows }, (_, i) => i);
  if (sample.task === 'regression') return [all];
  const counts = classCounts(sample.truth, sample.classes.length);
  const isRare = (j: number): boolean => counts[j]! < rareClassRows;
  const strata = [all.filter((row) => !isRare(sample.truth[row]!))];
  for (let j = 0; j < counts.length; j++) {
    if (counts[j]! > 0 && isRare(j)) strata.push(all.filter((row) => sample.truth[row] === j));
  }
  return strata.filter((rows) => rows.length > 0);
}
