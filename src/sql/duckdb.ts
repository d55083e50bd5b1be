import { createRequire } from 'node:module';

type DuckDB = typeof import('@duckdb/node-api');

/**
 * The engine, loaded when first needed, and as the CommonJS that it is: `import()` would read each of its 180 files once
 * more, for the names that they export, which takes half of the time.
 */
export function loadDuckDB(): DuckDB {
  return createRequire(import.meta.url)('@duckdb/node-api') as DuckDB;
}
