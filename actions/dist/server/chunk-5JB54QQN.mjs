import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
throw new Error("@duckdb/node-api is no part of the server of a container");
