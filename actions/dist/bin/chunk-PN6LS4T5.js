import { createRequire as createRequireOfBundle } from 'node:module'; import { dirname as dirnameOfBundle } from 'node:path'; import { fileURLToPath as pathOfBundle } from 'node:url'; const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);
import{a as n}from"./chunk-QASWE46O.js";function r(o,e){o.out(`${JSON.stringify(e,null,2)}
`)}n(r,"printJson");export{r as a};
