import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Servable } from '../../../src/servable/index.ts';
import { openServable, writeServable } from '../../../src/servable/index.ts';
import { versionOpener } from '../../../src/serve/index.ts';
import { sumModel } from '../../servable/sum-model.ts';
import { ToldEngine } from './engines.ts';

it.each(['made', 'asked'])('frees a version when its engine throws as it is %s', async (when) => {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-version-'));
  try {
    const { parts, bytes } = await sumModel();
    await writeServable(folder, parts, bytes);
    const opened = await openServable(folder);
    if (!opened.ok) throw new Error(opened.failure.message);
    const { digest } = opened.value.manifest;
    await opened.value[Symbol.asyncDispose]();
    const freed: string[] = [];
    const open = versionOpener({
      engineOf: (servable) => {
        const dispose = servable[Symbol.asyncDispose].bind(servable);
        (servable as unknown as { [Symbol.asyncDispose]: () => Promise<void> })[Symbol.asyncDispose] =
          async () => {
            freed.push('servable');
            await dispose();
          };
        if (when === 'made') throw new Error('no thread');
        return new ThrowingEngine(servable, freed);
      },
    });
    await expect(open({ name: 'v1', digest, folder })).rejects.toThrow('no thread');
    expect(freed).toEqual(when === 'made' ? ['servable'] : ['engine', 'servable']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

class ThrowingEngine extends ToldEngine {
  override readonly servable: Servable;
  readonly #freed: string[];

  constructor(servable: Servable, freed: string[]) {
    super();
    this.servable = servable;
    this.#freed = freed;
  }

  override infer(): never {
    throw new Error('no thread');
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#freed.push('engine');
    await this.servable[Symbol.asyncDispose]();
  }
}
