import type { ServingLimits } from './answer-rows.ts';
import type { EdgeConfig } from './edge-config.ts';
import type { ServerLogConfig } from './log/planned-log.ts';
import type { ServingPlan } from './plan.ts';

/** Everything that a process which answers has to know: a plain value, so that a parent can send it to its children. */
export interface ServerConfig {
  /** Folders in it are absolute. */
  readonly plan: ServingPlan;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Processes that share the port. 1: this process answers itself. */
  readonly workers: number;
  /** Worker threads of a process for requests of many rows. Default: one fewer than cores, at least 1. */
  readonly threads?: number;
  readonly limits?: Partial<ServingLimits>;
  /** Access, limits of connections, the log. */
  readonly edge?: EdgeConfig;
  /** Of the prediction logs. */
  readonly log?: ServerLogConfig;
  /** Whole address of the OTLP receiver that gets traces. Absent: none are made. */
  readonly traces?: string;
}
