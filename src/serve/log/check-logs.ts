import type { Failure } from '../../base/index.ts';
import type { ServingPlan } from '../plan.ts';
import type { ServerLogConfig } from './planned-log.ts';
import { logOverride } from './planned-log.ts';
import { readLogSettings } from './settings.ts';
import type { TargetWorld } from './target.ts';

/** Why logs of a plan cannot be opened: a server that should keep records does not start without being able to. */
export function checkLogs(
  { models }: Pick<ServingPlan, 'models'>,
  config: ServerLogConfig,
  env: TargetWorld['env'],
): readonly Failure[] {
  const override = logOverride(config);
  return models.flatMap(({ model, log: planned }) => {
    const log = override(planned);
    const read =
      log === undefined ? undefined : readLogSettings(model, log, { env, root: config.root ?? '.' });
    return read === undefined || read.ok ? [] : [read.failure];
  });
}
