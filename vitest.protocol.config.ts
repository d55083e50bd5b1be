import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Suites that speak to the server as others do: started by scripts/test-protocol.sh, which sets TRAINYARD_PROTOCOL. */
const config: ViteUserConfig = {
  ...base,
  test: { ...base.test, include: ['test/protocol/**/*.test.ts'], exclude: [], testTimeout: 300_000 },
};

export default config;
