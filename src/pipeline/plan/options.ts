import type { Failure, Json } from '../../base/index.ts';
import type { TrainRequest } from '../../steps/index.ts';
import type { EstimatorOptions } from './estimator-options.ts';
import { optionUnknown, withInvalid } from './failures.ts';
import type { Instance } from './instances.ts';
import type { Links } from './links.ts';

export interface OptionSearch {
  readonly instance: Instance;
  readonly links: Links;
  readonly optionsOf: EstimatorOptions;
  readonly estimator: string;
  readonly written: { readonly [key: string]: Json };
  /** Mistakes are added here. */
  readonly failures: Failure[];
}

/** Options of every estimator: see `TrainInputs`. */
const shared: readonly string[] = ['class-weight'];

/**
 * The options of a train step that its estimator has. In a matrix over estimators an option is written once for those
 * that have it; the others are not handed it, so that a change of `trees` does not retrain a logistic regression.
 * What none of the estimators of the step has is a mistake.
 */
export function knownOptions(search: OptionSearch): TrainRequest['options'] {
  const { instance, links, optionsOf, estimator, written, failures } = search;
  const siblings = (links.byName.get(instance.name) ?? []).map((sibling) =>
    String(sibling.with['estimator']),
  );
  // Of an estimator that is not known everything is handed over: the step itself says that it is not known.
  const has = (name: string, option: string): boolean =>
    shared.includes(option) || (optionsOf.names(name)?.includes(option) ?? true);
  const options: Record<string, TrainRequest['options'][string]> = {};
  for (const [name, value] of Object.entries(written)) {
    if (typeof value === 'object' && value !== null && !shared.includes(name)) {
      failures.push(withInvalid(name, 'one value', instance.place('with', name)));
    } else if (has(estimator, name)) {
      options[name] = value as TrainRequest['options'][string];
    } else if (!siblings.some((sibling) => has(sibling, name)) && siblings[0] === estimator) {
      // Told once for the step, not once for each instance.
      const known = [...shared, ...siblings.flatMap((sibling) => optionsOf.names(sibling) ?? [])];
      failures.push(
        optionUnknown(name, [...new Set(siblings)], [...new Set(known)], instance.place('with', name)),
      );
    }
  }
  return options;
}
