import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Suites that need Python packages: started by scripts/test-python.sh, which sets TRAINYARD_PYTHON. */
const config: ViteUserConfig = {
  ...base,
  test: { ...base.test, include: ['test/python/**/*.test.ts'], exclude: [], testTimeout: 300_000 },
};

export default config;
