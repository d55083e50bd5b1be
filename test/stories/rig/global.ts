import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { fakeRegistry as imageRegistry, putBase } from '../../deploy/image/fake-registry.ts';
import { fakeRegistry as storeRegistry } from '../../store/fakes/registry.ts';
import { makeBeginning } from './beginning.ts';
import { makeOwnRepository } from './own-repository.ts';
import type { Surroundings } from './surroundings.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly surroundings: Surroundings;
  }
}

let ending: (() => Promise<void>) | undefined;

/** What all stories have in common, made once. */
export async function setup(project: TestProject): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-stories-'));
  const [store, images] = await Promise.all([storeRegistry(), imageRegistry()]);
  putBase(images, 'library/node', '22');
  const outside = {
    own: makeOwnRepository(folder),
    store: `oci://${store.host}/team/store`,
    images: images.host,
    toolCache: join(folder, 'tools'),
  };
  const beginning = join(folder, 'beginning.git');
  await makeBeginning(beginning, { ...outside, beginning });
  project.provide('surroundings', { ...outside, beginning });
  ending = async () => {
    await Promise.all([store[Symbol.asyncDispose](), images[Symbol.asyncDispose]()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}

export async function teardown(): Promise<void> {
  await ending?.();
}
