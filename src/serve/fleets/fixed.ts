import type { Engine } from '../engine.ts';
import type { Fleet, ServedModel } from '../fleet.ts';

/** One version a model, for as long as the server runs. */
export function fixedFleet(engines: readonly Engine[]): Fleet {
  const models = new Map(
    engines.map((engine): [string, ServedModel] => {
      const { model, modelVersion } = engine.servable.manifest;
      const version = { name: modelVersion, engine };
      const served: ServedModel = {
        name: model,
        versions: new Map([[modelVersion, version]]),
        served: version,
        choose: () => ({ version, role: 'served', shadows: [] }),
      };
      return [model, served];
    }),
  );
  return {
    models: () => [...models.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    model: (name) => models.get(name),
    readiness: () => ({
      ready: true,
      models: Object.fromEntries(
        [...models.keys()].map((name) => [name, { ready: true, because: 'it is loaded' }]),
      ),
    }),
  };
}
