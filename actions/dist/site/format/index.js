/**
 * The files below `data/` of a site, which its pages read. Nothing here needs Node: the pages import it too.
 * Every file has a `version`; paths are relative to `data/`.
 */
export { momentOf } from "../../registry/moment-text.js";
export { artifactFile, compareFile, pairing, shortName } from "./compare.js";
export { datasetsFile } from "./datasets.js";
export { mainMetricOf, usualMetric } from "./main-metric.js";
export { modelsFile } from "./models.js";
export { spansOf, stagesAt } from "./models-at.js";
export { bytes, count, counted, decimalsOf, fixed, improvement, metricDefinition, metricDefinitions, percent, residualShares, seconds, shortDigest, shownDifference, shownEstimate, shownScalar, shownValue, } from "./numbers.js";
export { overviewFile } from "./overview.js";
export { eachValue, recordFile, runsManifestFile, shardsOf, shardValue } from "./runs-index.js";
export { cellKinds, compareValues, compileWhere, csvLine, diffStates, fieldOf, fieldValue, heldOutSameness, mainMetric, parseName, parseWhere, profileDrift, valueAt, WhereMistake, withoutFormula, } from "./runs-query.js";
export { siteFile } from "./site-file.js";
export { logFile, storeFile } from "./step-logs.js";
export { csvLimits } from "./try-it.js";
//# sourceMappingURL=index.js.map