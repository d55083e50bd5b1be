import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
import{a as n}from"./chunk-CMVSWRBF.js";function r(o,e){o.out(`${JSON.stringify(e,null,2)}
`)}n(r,"printJson");export{r as a};
