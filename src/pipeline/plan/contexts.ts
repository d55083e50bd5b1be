import type { Json } from '../../base/index.ts';
import type { Contexts } from '../expressions.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Params } from './params.ts';

/** Environment variables by name; a parameter wherever it is read. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What expressions of every step can read before the run: `params`, `env`, `data`, `run`. */
export function sharedContexts(pipeline: Pipeline, params: Params, env: Environment): Contexts {
  return {
    params,
    env: textsWithout(env, secretsOf(pipeline)),
    data: dataContext(pipeline),
    // Nothing that differs between two runs of the same inputs: it would make every step stale.
    run: { pipeline: pipeline.file.name },
  };
}

/** Names of the variables that some step of the pipeline lists under `secrets`: no expression can read them. */
function secretsOf(pipeline: Pipeline): ReadonlySet<string> {
  return new Set(
    Object.values(pipeline.file.steps).flatMap((step) => ('run' in step ? (step.secrets ?? []) : [])),
  );
}

/** What `${{ data.<name> }}` gives: what the file says of the dataset, with paths relative to the root. */
function dataContext(pipeline: Pipeline): { readonly [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(pipeline.file.data ?? {}).map(([name, dataset]) => [
      name,
      { path: dataset.path, ...(dataset.target === undefined ? {} : { target: dataset.target }) },
    ]),
  );
}

function textsWithout(env: Environment, secrets: ReadonlySet<string>): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || secrets.has(name) ? [] : [[name, value]],
    ),
  );
}
