/** Names of the options of a built-in estimator; `undefined` when there is no such estimator. */
export function optionsOfEstimator(_estimator: string): readonly string[] | undefined {
  return undefined;
}
