export { improvement, metricDefinition, metricDefinitions, residualShares, } from "../../evaluate/metric-definitions.js";
export { bytes, count, counted, decimalsOf, fixed, percent, seconds, shortDigest, shownDifference, shownEstimate, shownScalar, shownValue, } from "../../report/numbers.js";
//# sourceMappingURL=numbers.js.map