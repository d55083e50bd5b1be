import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Suites that need Chromium: started by scripts/test-browser.sh, which sets TRAINYARD_CHROMIUM. */
const config: ViteUserConfig = {
  ...base,
  test: {
    ...base.test,
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/site/rig/global.ts'],
    exclude: [],
    // Chromium draws with every core.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};

export default config;
