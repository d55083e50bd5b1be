import { createRequire as createRequireOfBundle } from 'node:module'; import { dirname as dirnameOfBundle } from 'node:path'; import { fileURLToPath as pathOfBundle } from 'node:url'; const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);
import{a as n}from"./chunk-VLQ4HI2D.js";import{a as o}from"./chunk-QASWE46O.js";import{writeFile as t}from"node:fs/promises";async function e(i,s){await t(i,`${n(s)}
`,{flag:"wx"})}o(e,"writeJson");export{e as a};
