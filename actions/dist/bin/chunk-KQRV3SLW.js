import { createRequire as createRequireOfBundle } from 'node:module'; import { dirname as dirnameOfBundle } from 'node:path'; import { fileURLToPath as pathOfBundle } from 'node:url'; const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);
import{a as i}from"./chunk-ZIRAWTCV.js";import{a as o}from"./chunk-QASWE46O.js";import{writeFile as r}from"node:fs/promises";async function a(n,t){await r(n,`${i(t)}
`,{flag:"wx"})}o(a,"writeJson");export{a};
