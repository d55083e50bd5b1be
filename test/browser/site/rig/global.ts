import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeDemo } from './demo.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the repository with real runs; tests copy it before they change it. */
    readonly siteDemo: string;
    /** Folder of the pages of sites that were built, for `openYardSite` of other files. */
    readonly sitePages: string;
  }
}

/** Makes the repository whose sites the tests look at, once for all files; `TRAINYARD_SITE_DEMO` names one that is there. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-site-demo-'));
  const pages = join(folder, 'pages');
  await mkdir(pages);
  provide('sitePages', pages);
  const given = process.env['TRAINYARD_SITE_DEMO'];
  if (given === undefined) await makeDemo(join(folder, 'heart-yard'));
  provide('siteDemo', given ?? join(folder, 'heart-yard'));
  return async () => await rm(folder, { recursive: true, force: true });
}
