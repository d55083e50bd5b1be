import { downloadArtifact, uploadArtifact } from './artifacts.ts';
import { attest } from './attest.ts';
import type { Builtin } from './builtin.ts';
import { cache, restoreCache, saveCache } from './cache.ts';
import { checkout } from './checkout.ts';
import { configurePages, deployPages, uploadPagesArtifact } from './pages.ts';
import { setupNode } from './setup-node.ts';

const builtins: Readonly<Record<string, Builtin>> = {
  'actions/attest': attest('custom'),
  'actions/attest-build-provenance': attest('https://slsa.dev/provenance/v1'),
  'actions/cache': cache,
  'actions/cache/restore': restoreCache,
  'actions/cache/save': saveCache,
  'actions/checkout': checkout,
  'actions/configure-pages': configurePages,
  'actions/deploy-pages': deployPages,
  'actions/download-artifact': downloadArtifact,
  'actions/setup-node': setupNode,
  'actions/upload-artifact': uploadArtifact,
  'actions/upload-pages-artifact': uploadPagesArtifact,
};

export function builtinOf(repository: string, path: string): Builtin | undefined {
  return builtins[
    [repository, path]
      .filter((part) => part !== '')
      .join('/')
      .toLowerCase()
  ];
}
