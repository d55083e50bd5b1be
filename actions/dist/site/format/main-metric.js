/** Which metric a run is looked at by: as the room of evaluation says it, in a module that imports nothing of Node. */
export { mainMetricOf, usualMetric } from "../../evaluate/metric-definitions.js";
//# sourceMappingURL=main-metric.js.map