import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { notDeployed } from '../failures.ts';
import type { Engine } from './engine.ts';
import type { Place } from './labels.ts';
import { labels, placeLabel, placeName } from './labels.ts';

/** Ends all containers of a place, the balancer first so that nobody is sent to a server that goes; their names. */
export async function takeDown(place: Place, engine: Engine): Promise<Result<readonly string[], Failure>> {
  const found = await engine.containers({ [labels.place]: placeLabel(place) });
  if (!found.ok) return found;
  if (found.value.length === 0)
    return failed(notDeployed(place.model, `the stage ${place.stage} on this machine`));
  const isBalancer = (role: string | undefined): boolean => role === 'balancer';
  for (const balancers of [true, false]) {
    const these = found.value.filter((each) => isBalancer(each.labels[labels.role]) === balancers);
    const ended = await Promise.all(
      these.map(async ({ name, running }) => {
        if (running) await engine.run(['stop', name]);
        return await engine.run(['rm', '--force', '--volumes', name]);
      }),
    );
    const failure = ended.find((each) => !each.ok);
    if (failure !== undefined && !failure.ok) return failure;
  }
  const network = await engine.run(['network', 'rm', placeName(place)]);
  return network.ok ? success(found.value.map(({ name }) => name)) : network;
}
