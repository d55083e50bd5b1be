import type { HttpLimits } from './http/limits.ts';

/** How a server meets the network: a plain value, as the rest of its configuration. */
export interface EdgeConfig {
  readonly http?: Partial<HttpLimits>;
  /** Origins whose pages may call; `*` is every one. */
  readonly cors?: readonly string[];
  /** Absolute path of the access file; without it everybody may do everything. */
  readonly access?: string;
  /** A line of the log for each request. */
  readonly logRequests?: boolean;
  /** `json`: a line of JSON an entry (default). `text`: for people; `colour`: on a terminal. */
  readonly logFormat?: LogFormat;
}

export type LogFormat = 'json' | 'text' | 'colour';
