import type { ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = {
  // As pages of the site name them: site/config.ts.
  resolve: {
    alias: {
      '@site': `${import.meta.dirname}/site`,
      '@format': `${import.meta.dirname}/src/site/format/index.ts`,
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/python/**',
      'test/protocol/**',
      'test/browser/**',
      'test/containers/**',
      'test/manifests/**',
      'test/stories/**',
      'test/act/**',
      'test/committed/**',
      'test/docs/whole/**',
    ],
    setupFiles: ['test/setup.ts'],
    // Processes, not threads: to start a program takes a large process twenty times as long (50 ms of 800 MB), and tests
    // start tens of thousands.
    pool: 'forks',
    maxWorkers: 2,
    // Against what hangs; the longest tests take half a minute on a machine of their own.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What is waited for may take its time where processors are shared.
    expect: { poll: { timeout: 20_000 } },
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
};

export default config;
