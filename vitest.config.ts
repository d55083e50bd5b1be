import type { ViteUserConfig } from 'vitest/config';

/** Workers and child processes run compiled JavaScript: `npm test` builds first, and these URLs point at dist/. */
const compiledEntries = {
  name: 'compiled-entries',
  // Before TypeScript is compiled, which changes the quotes.
  enforce: 'pre' as const,
  transform(code: string, id: string): string | undefined {
    const folder = /\/src\/(.*)\/[^/]+\.ts$/.exec(id)?.[1];
    if (folder === undefined) return undefined;
    const dist = new URL(`./dist/${folder}/`, import.meta.url).href;
    return code.replace(
      /new URL\('\.\/([\w-]+)\.js', import\.meta\.url\)/g,
      (_, entry) => `new URL('${dist}${entry}.js')`,
    );
  },
};

const config: ViteUserConfig = {
  plugins: [compiledEntries],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/python/**'],
    setupFiles: ['test/setup.ts'],
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 60_000,
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
};

export default config;
