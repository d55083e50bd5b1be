import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { checkGolden, modelFile, openServable } from '../../servable/index.ts';
import type { Engine } from '../engine.ts';
import type { EngineOf } from '../fleet.ts';
import type { PlannedVersion } from '../plan.ts';
import { versionTooLarge, versionUnexpected } from './failures.ts';

export interface VersionOpening {
  readonly engineOf: EngineOf;
  /** Bytes that this process may still take. Default: what the machine and the container leave. */
  readonly availableMemory?: () => number;
}

/** A loaded model takes its file's size and, while it is read, as much again. */
const sizes = 2;

/** The way in for a version: its bytes are those of the plan, there is room for it, and it answers as it did when it was packed. */
export function versionOpener(
  options: VersionOpening,
): (version: PlannedVersion) => Promise<Result<Engine, Failure>> {
  const available = options.availableMemory ?? (() => process.availableMemory());
  return async ({ name, digest, folder }) => {
    const bytes = await stat(join(folder, modelFile)).then(
      ({ size }) => size,
      () => 0,
    );
    if (bytes * sizes > available()) return failed(versionTooLarge(name, bytes, available()));
    const servable = await openServable(folder);
    if (!servable.ok) return servable;
    if (servable.value.manifest.digest !== digest) {
      const found = servable.value.manifest.digest;
      await servable.value[Symbol.asyncDispose]();
      return failed(versionUnexpected(name, digest, found));
    }
    // What is not handed on is freed, also when something throws.
    let engine: Engine | undefined;
    let isHandedOn = false;
    try {
      engine = options.engineOf(servable.value, folder);
      const golden = await proven(engine);
      isHandedOn = golden.ok;
      return golden;
    } finally {
      if (!isHandedOn) await (engine ?? servable.value)[Symbol.asyncDispose]();
    }
  };
}

async function proven(engine: Engine): Promise<Result<Engine, Failure>> {
  const golden = await checkGolden(engine.servable, (block) => engine.infer(block, Number.POSITIVE_INFINITY));
  if (!golden.ok) return golden;
  await warm(engine);
  return success(engine);
}

const warmRounds = 10;

/** Goes the whole way of requests some times, so that the first ones do not wait for code to be compiled. */
async function warm(engine: Engine): Promise<void> {
  const { servable } = engine;
  const { golden } = servable.manifest;
  for (let round = 0; round < warmRounds; round++) {
    await Promise.all(
      golden.map(async ({ row }) => {
        if (servable.check(row).length > 0) return;
        const cells: (number | string)[] = [];
        servable.cellsOf(row, cells);
        await engine.infer({ rows: 1, cells }, Number.POSITIVE_INFINITY);
      }),
    );
  }
}
