import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
import{a as t}from"./chunk-C7CC3JRQ.js";import"./chunk-ZWUPCADQ.js";import"./chunk-BBHSSMED.js";import{f as e}from"./chunk-CMVSWRBF.js";var o=e(t()),{__esModule:a}=o,l=o,r=l.default;export{a as __esModule,r as default};
