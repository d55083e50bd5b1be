import { createRequire as createRequireOfBundle } from 'node:module'; import { dirname as dirnameOfBundle } from 'node:path'; import { fileURLToPath as pathOfBundle } from 'node:url'; const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);
throw new Error("isomorphic-git is no part of the server of a container");
