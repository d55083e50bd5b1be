import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Suites that need schemas and programs of others: started by scripts/test-manifests.sh, which sets TRAINYARD_TEST_*. */
const config: ViteUserConfig = {
  ...base,
  test: { ...base.test, include: ['test/manifests/**/*.test.ts'], exclude: [], testTimeout: 120_000 },
};

export default config;
