import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Started by scripts/test-workflows.sh, which sets TRAINYARD_ACT and TRAINYARD_NODE24. */
const config: ViteUserConfig = {
  ...base,
  test: {
    ...base.test,
    include: ['test/act/**/*.test.ts', 'test/committed/**/*.test.ts'],
    exclude: [],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
};

export default config;
