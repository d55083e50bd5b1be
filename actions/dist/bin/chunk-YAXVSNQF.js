import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
import{a as i}from"./chunk-J3MGFGNR.js";import{a as o}from"./chunk-CMVSWRBF.js";import{writeFile as r}from"node:fs/promises";async function a(n,t){await r(n,`${i(t)}
`,{flag:"wx"})}o(a,"writeJson");export{a};
