import { createRequire as createRequireOfBundle } from 'node:module'; import { dirname as dirnameOfBundle } from 'node:path'; import { fileURLToPath as pathOfBundle } from 'node:url'; const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);
import{a as c,b as p,c as f,d as m}from"./chunk-GFM7WU5R.js";import{a as r}from"./chunk-QASWE46O.js";function s(e,n){return n===void 0?{text:e}:{text:e,tone:n}}r(s,"span");function v(...e){return e.map(n=>typeof n=="string"?{text:n}:n)}r(v,"line");function S(e,n){return e.flatMap((t,a)=>a===0?t:[{text:n},...t])}r(S,"joined");function F(e,n={}){let t=n.limit??6e4,a=e.map(g),l=`_The rest is left out, because it is too long._
`,o=a.length,i=r(()=>a.slice(0,o).join(`
`)+(o<a.length?`
${l}`:""),"text");for(;o>1&&i().length>t;)for(o--;o>1&&e[o-1].kind==="heading";)o--;return i()}r(F,"renderMarkdown");function g(e){switch(e.kind){case"heading":return`${"#".repeat(e.level??4)} ${c(e.text)}
`;case"paragraph":return`${d(e.line)}
`;case"list":return e.items.map(n=>d(n).replace(/^( *)/,"$1- ")).join(`
`).concat(`
`);case"table":return b(e);case"fence":return h(e);case"details":return`<details>
<summary>${f(e.summary)}</summary>

${e.blocks.map(g).join(`
`)}
</details>
`}}r(g,"renderBlock");function h({language:e,text:n}){let t=Math.max(2,...[...n.matchAll(/`+/g)].map(([l])=>l.length)),a="`".repeat(t+1);return`${a}${e}
${n.replace(/\n?$/,`
`)}${a}
`}r(h,"renderFence");function b({columns:e,rows:n,marked:t}){let a=e.map(i=>c(i.title)),l=e.map(i=>i.align==="right"?"---:":":---"),o=n.map((i,x)=>e.map((T,u)=>$(i[u]??[],x===t&&u===0)));return`${[a,l,...o].map(i=>`| ${i.join(" | ")} |`).join(`
`)}
`}r(b,"renderTable");function $(e,n){let t=d(e).trim();return n&&t!==""?`**${t}**`:t}r($,"cellText");function d(e){return e.map(w).join("")}r(d,"inline");var B=new Map([["\u2713","\u2705"],["\u2717","\u274C"],["?","\u26A0\uFE0F"]]);function w({text:e,tone:n,link:t}){if(t!==void 0)return m(e,t);let a=n===void 0?void 0:B.get(e);if(a!==void 0)return a;switch(n){case"name":case"term":return p(e);case"strong":case"good":case"bad":case"doubtful":return L(e);default:return c(e)}}r(w,"inlineSpan");function L(e){let[,n,t,a]=/^(\s*)(.*?)(\s*)$/s.exec(e);return t===""?e:`${n}**${c(t)}**${a}`}r(L,"emphasized");function y(e){switch(e){case"pass":return s("\u2713","good");case"fail":return s("\u2717","bad");case"inconclusive":return s("?","doubtful")}}r(y,"verdictMark");function k(e){switch(e){case"pass":return s("pass","good");case"fail":return s("fail","bad");case"inconclusive":return s("inconclusive","doubtful")}}r(k,"verdictSpan");function O(e){switch(e.status){case"failed":return e.verdict==="fail"?k("fail"):s("failed","bad");case"cancelled":return s("cancelled","doubtful");case"succeeded":return k(e.verdict)}}r(O,"endingOf");function V(e){return e.status==="cancelled"?y("inconclusive"):y(e.status==="failed"?"fail":e.verdict)}r(V,"endingMark");export{s as a,v as b,S as c,F as d,y as e,k as f,O as g,V as h};
