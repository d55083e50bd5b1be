import { digestOfBytes } from '../../base/index.ts';
import type { Deployment, RenderedFile } from '../deployment.ts';
import type { DeploymentLock } from './lock.ts';

/** Where the lock of a model is on the branch. */
export function lockPath(objectName: string): string {
  return `${lockFolder}/${objectName}.json`;
}

export const lockFolder = 'locks';

export function makeLock(deployment: Deployment, files: readonly RenderedFile[]): DeploymentLock {
  const { model, version, digest, assignment, lineage, image, provenance, settings } = deployment;
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    version: 1,
    model,
    stage: settings.stage,
    name: version,
    digest,
    ...lineage,
    assignment,
    image: { repository: image.repository, digest: image.digest },
    provenance,
    files: Object.fromEntries(sorted.map(({ path, text }) => [path, digestOfBytes(text)])),
  };
}
