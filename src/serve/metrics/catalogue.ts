/** Every metric of our own; those of the process come from prom-client. docs/metrics.md is compared with it. */
export const catalogue = {
  trainyard_request_duration_seconds: {
    type: 'histogram',
    help: 'Seconds from the arrival of a request to its answer, by who answered',
    labels: ['model', 'version', 'role', 'protocol'],
  },
  trainyard_requests_total: {
    type: 'counter',
    help: 'Requests for predictions that a version was chosen for, by HTTP status',
    labels: ['model', 'version', 'role', 'protocol', 'status'],
  },
  trainyard_rows_total: {
    type: 'counter',
    help: 'Rows that were answered',
    labels: ['model', 'version', 'role'],
  },
  trainyard_errors_total: {
    type: 'counter',
    help: 'Requests for predictions that a version was chosen for and that failed, by code',
    labels: ['model', 'code'],
  },
  trainyard_http_responses_total: {
    type: 'counter',
    help: 'HTTP answers by pattern of the route (empty: there is none) and status',
    labels: ['route', 'status'],
  },
  trainyard_http_errors_total: {
    type: 'counter',
    help: 'HTTP answers that say a failure, by its code',
    labels: ['route', 'code'],
  },
  trainyard_queue_rows: {
    type: 'gauge',
    help: 'Rows that wait for the model now',
    labels: ['model', 'version'],
  },
  trainyard_queue_limit_rows: {
    type: 'gauge',
    help: 'Rows that may wait for the model',
    labels: ['model', 'version'],
  },
  trainyard_batch_rows: {
    type: 'histogram',
    help: 'Rows of one call of the runtime',
    labels: ['model', 'version'],
  },
  trainyard_model_seconds_total: {
    type: 'counter',
    help: 'Seconds inside the runtime',
    labels: ['model', 'version'],
  },
  trainyard_model_info: {
    type: 'gauge',
    help: '1 for every version that is loaded; a sum over processes',
    labels: ['model', 'version', 'digest', 'run', 'served'],
  },
  trainyard_model_ready: {
    type: 'gauge',
    help: '1 when a version of the model answers, in every process',
    labels: ['model'],
    aggregator: 'min',
  },
  trainyard_log_events_total: {
    type: 'counter',
    help: 'Events of the prediction log that were written',
    labels: [],
  },
  trainyard_log_dropped_total: {
    type: 'counter',
    help: 'Events of the prediction log that were lost: the buffer was full, or the sink failed for too long',
    labels: [],
  },
  trainyard_log_waiting: {
    type: 'gauge',
    help: 'Events of the prediction log that are not written yet',
    labels: [],
  },
  trainyard_workers: {
    type: 'gauge',
    help: 'Processes that answer; 1 without --workers',
    labels: [],
  },
  trainyard_worker_restarts_total: {
    type: 'counter',
    help: 'Processes that died and were started again',
    labels: [],
  },
} as const;

export interface MetricDescription {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** How the values of several processes become one. Default: their sum. */
  readonly aggregator?: 'min' | 'max' | 'average';
}

export type MetricName = keyof typeof catalogue;
