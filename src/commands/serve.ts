import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { checkGolden, manifestFile, openServable } from '../servable/index.ts';
import type { Engine, Listener } from '../serve/index.ts';
import { batchingEngine, fixedFleet, openServer } from '../serve/index.ts';
import type { Effects } from './effects.ts';
import { openRegistry } from './open-registry.ts';
import { packServable } from './pack-servable.ts';

export interface ServeOptions {
  /** References of models, or folders of servables. */
  readonly models: readonly string[];
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 8080; 0 takes one that is free. */
  readonly port?: number;
}

export type ServeEffects = Pick<Effects, 'cwd' | 'env' | 'monotonic' | 'signal'>;

export interface Serving {
  readonly listener: Listener;
  readonly models: readonly { readonly model: string; readonly version: string; readonly digest: string }[];
}

/** Starts to answer; the caller disposes the listener, which waits for the requests that are there. */
export async function serve(
  options: ServeOptions,
  effects: ServeEffects,
): Promise<Result<Serving, readonly Failure[]>> {
  const engines: Engine[] = [];
  for (const reference of options.models) {
    const folder = await folderOf(reference, effects);
    if (!folder.ok) return folder;
    const servable = await openServable(folder.value);
    if (!servable.ok) return failed([servable.failure]);
    const golden = await checkGolden(servable.value);
    if (!golden.ok) return failed([golden.failure]);
    engines.push(batchingEngine(servable.value, { clock: effects.monotonic }));
  }
  const listener = await openServer({
    fleet: fixedFleet(engines),
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 8080,
  });
  const models = engines.map(({ servable: { manifest } }) => ({
    model: manifest.model,
    version: manifest.modelVersion,
    digest: manifest.digest,
  }));
  return success({ listener, models });
}

async function folderOf(
  reference: string,
  effects: ServeEffects,
): Promise<Result<string, readonly Failure[]>> {
  const folder = resolve(effects.cwd, reference);
  const isServable = await stat(join(folder, manifestFile)).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (isServable) return success(folder);
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const packed = await packServable(reference, { ...opened.value, cwd: effects.cwd });
  return packed.ok ? success(packed.value.folder) : packed;
}
