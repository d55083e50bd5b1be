import type { Failure } from '../../base/index.ts';
import type { ServingPlan } from '../plan.ts';
import { readLogSettings } from './settings.ts';
import type { TargetWorld } from './target.ts';

/** Why logs of a plan cannot be opened: a server that should keep records does not start without being able to. */
export function checkLogs({ models }: Pick<ServingPlan, 'models'>, world: TargetWorld): readonly Failure[] {
  return models.flatMap(({ model, log }) => {
    const read = log === undefined ? undefined : readLogSettings(model, log, world);
    return read === undefined || read.ok ? [] : [read.failure];
  });
}
