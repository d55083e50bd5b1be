import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
import{a}from"./chunk-AZQUG4SC.js";import"./chunk-YAXVSNQF.js";import"./chunk-3XI6LAFT.js";import"./chunk-EVFLNJW6.js";import"./chunk-7536XKA3.js";import"./chunk-J3MGFGNR.js";import"./chunk-CMVSWRBF.js";export{a as validate};
