import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Pages of the documentation that lead through many commands, and the installation that they begin with. */
const config: ViteUserConfig = {
  ...base,
  test: {
    ...base.test,
    include: ['test/docs/whole/**/*.test.ts'],
    exclude: [],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
};

export default config;
