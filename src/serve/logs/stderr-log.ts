import process from 'node:process';
import { styleText } from 'node:util';
import type { LogFormat } from '../edge-config.ts';
import type { ServerLog } from './server-log.ts';
import { jsonLog, readableLog } from './server-log.ts';

/** The log of this process, on standard error. */
export function stderrLog(format: LogFormat = 'json'): ServerLog {
  const write = (text: string): void => {
    process.stderr.write(text);
  };
  const now = (): Date => new Date();
  if (format === 'json') return jsonLog(write, now);
  return readableLog(write, now, (style, text) =>
    format === 'colour' ? styleText(style, text, { validateStream: false }) : text,
  );
}
