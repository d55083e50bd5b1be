import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
import{a,b,c,d}from"./chunk-2SODSJQV.js";import"./chunk-J3MGFGNR.js";import"./chunk-CMVSWRBF.js";export{a as checkOptions,b as estimators,c as findEstimator,d as nearestEstimator};
