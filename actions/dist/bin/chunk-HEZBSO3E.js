import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
import{ia as t}from"./chunk-NZEGMPYM.js";import{a as o}from"./chunk-CMVSWRBF.js";import{resolve as r}from"node:path";function c({cwd:e,env:s,signal:f},{directory:m}){return t({cwd:r(e,m??"."),env:s,signal:f})}o(c,"effectsOf");export{c as a};
