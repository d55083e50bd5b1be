import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Whole stories on a fake of GitHub, with the real workflows and the actions as others get them. */
const config: ViteUserConfig = {
  ...base,
  test: {
    ...base.test,
    include: ['test/stories/**/*.test.ts'],
    exclude: [],
    globalSetup: ['test/stories/rig/global.ts'],
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
};

export default config;
