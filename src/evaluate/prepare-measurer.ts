import { classMeasurer } from './class-measurer.ts';
import type { Measurer } from './measurer.ts';
import type { Sample } from './sample.ts';
import { valueMeasurer } from './value-measurer.ts';

export function measurerOf(sample: Sample): Measurer {
  return sample.task === 'classification' ? classMeasurer(sample) : valueMeasurer(sample);
}
