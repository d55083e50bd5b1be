import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);
import{a}from"./chunk-HEZBSO3E.js";import{b as c}from"./chunk-CVWXK5HD.js";import{a as d}from"./chunk-CFYRGN5D.js";import{A as i,I as f,na as p}from"./chunk-NZEGMPYM.js";import"./chunk-GDMU6DU7.js";import"./chunk-PT5NF6K7.js";import"./chunk-7N4C2SGB.js";import"./chunk-N4XS5XXK.js";import"./chunk-AZQUG4SC.js";import"./chunk-YAXVSNQF.js";import"./chunk-3XI6LAFT.js";import"./chunk-EVFLNJW6.js";import"./chunk-ZOBEB3BX.js";import"./chunk-PK5324KA.js";import"./chunk-7536XKA3.js";import"./chunk-2SODSJQV.js";import"./chunk-ONEBR5CC.js";import"./chunk-CW2J7OWJ.js";import"./chunk-73AVC5AT.js";import"./chunk-J3MGFGNR.js";import{a as s}from"./chunk-CMVSWRBF.js";async function C(r,e){let n=await p(e,a(r,e));if(!n.ok)return c(r,e,n.failure);if(e.json===!0)return d(r,n.value);let{archived:t,kept:h}=n.value,m=e.dryRun===!0;if(m)for(let{id:o,pipeline:u}of t)r.out(`${o}  ${i(u)}
`);for(let{id:o,pipeline:u,because:l}of h)r.err(`${o} of ${i(u)} stays: ${i(l)}.
`);t.length===0?r.err(`No run is to be archived.
`):m?r.err(`Would archive ${f(t.length,"run")}.
`):r.out(`Archived ${f(t.length,"run")}. \`trainyard runs push\` does it on the remote.
`)}s(C,"pruneVerb");export{C as pruneVerb};
