import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Suites that need Docker and a registry: started by scripts/test-containers.sh, which sets DOCKER_HOST and TRAINYARD_TEST_*. */
const config: ViteUserConfig = {
  ...base,
  test: {
    ...base.test,
    include: ['test/containers/**/*.test.ts'],
    exclude: [],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
};

export default config;
