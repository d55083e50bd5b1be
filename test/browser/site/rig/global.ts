import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeDemo } from './demo.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the repository with real runs; tests copy it before they change it. */
    readonly siteDemo: string;
  }
}

/** Makes the repository whose sites the tests look at, once for all files; `TRAINYARD_SITE_DEMO` names one that is there. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TRAINYARD_SITE_DEMO'];
  if (given !== undefined) {
    provide('siteDemo', given);
    return async () => undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-site-demo-'));
  await makeDemo(join(folder, 'heart-yard'));
  provide('siteDemo', join(folder, 'heart-yard'));
  return async () => await rm(folder, { recursive: true, force: true });
}
