import { mkdir, stat } from 'node:fs/promises';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { PredictionLogFile } from '../../pipeline/index.ts';
import type { LogFailure } from './failures.ts';
import { logKeyMissing, spoolForeign } from './failures.ts';
import type { Privacy } from './fields.ts';
import type { SegmentLimits } from './segment-writer.ts';
import type { LogTarget, TargetWorld } from './target.ts';
import { readLogTarget } from './target.ts';

/** What `log:` of a pipeline says, checked and with its defaults. */
export interface LogSettings {
  readonly target: LogTarget;
  readonly mode: 'sync' | 'buffered';
  readonly whenLost: 'answer' | 'refuse';
  readonly privacy: Privacy;
  readonly segments: SegmentLimits;
}

const shortestKey = 32;

/** A receiver of events wants them soon, readers of files want few of them. */
const segmentLimits: Readonly<Record<LogTarget['kind'], SegmentLimits>> = {
  file: { bytes: 16 * 2 ** 20, ms: 5 * 60_000 },
  s3: { bytes: 16 * 2 ** 20, ms: 5 * 60_000 },
  http: { bytes: 2 ** 20, ms: 1000 },
};

export function readLogSettings(
  model: string,
  log: PredictionLogFile,
  world: TargetWorld,
): Result<LogSettings, LogFailure> {
  const target = readLogTarget(log.to, world);
  if (!target.ok) return target;
  const key = log.personal === 'hash' ? world.env['TRAINYARD_LOG_KEY'] : undefined;
  if (log.personal === 'hash' && !key) return failed(logKeyMissing(model, 'there is no TRAINYARD_LOG_KEY'));
  if (key !== undefined && key.length < shortestKey)
    return failed(logKeyMissing(model, `TRAINYARD_LOG_KEY is shorter than ${shortestKey} characters`));
  const { mode = 'buffered' } = log;
  return success({
    target: target.value,
    mode,
    whenLost: mode === 'sync' ? (log['when-lost'] ?? 'answer') : 'answer',
    privacy: key === undefined ? {} : { hashKey: key },
    segments: segmentLimits[target.value.kind],
  });
}

/** Temporary folders are everybody's: what waits in one must not be handed to whoever made the folder before. */
export async function makeSpool({ kind, folder }: LogTarget): Promise<Result<void, LogFailure>> {
  if (kind === 'file') return success(undefined);
  const facts = await mkdir(folder, { recursive: true, mode: 0o700 })
    .then(() => stat(folder))
    .catch(() => undefined);
  // A folder that cannot be made is a trouble of writing, which is told and counted.
  const isForeign = facts !== undefined && process.getuid !== undefined && facts.uid !== process.getuid();
  return isForeign ? failed(spoolForeign(folder)) : success(undefined);
}
