import { createRequire as createRequireOfBundle } from 'node:module'; import { dirname as dirnameOfBundle } from 'node:path'; import { fileURLToPath as pathOfBundle } from 'node:url'; const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);
import{c as W}from"./chunk-5TCCFYQ4.js";import"./chunk-LXTYLQK6.js";import"./chunk-DO3CGMZU.js";import{a as L}from"./chunk-G4XKMRPP.js";import{b as S}from"./chunk-LGU3HD7D.js";import{a as V,b as I,c as M,d as q,e as D}from"./chunk-MCME5KOO.js";import{a as j}from"./chunk-PN6LS4T5.js";import{a as N,e as F,g as T}from"./chunk-MDUYO7Q2.js";import"./chunk-XRCKLYSC.js";import"./chunk-AH7IBJ32.js";import"./chunk-CMYTHEZS.js";import"./chunk-P26KK32P.js";import"./chunk-5IZSGP5R.js";import"./chunk-LE6EOUEB.js";import"./chunk-LC7QOXJ4.js";import"./chunk-QFNLUIYO.js";import"./chunk-2YFDAB4V.js";import"./chunk-XOZHBJOO.js";import"./chunk-PAPSBKQA.js";import"./chunk-F4LBV5E5.js";import"./chunk-HD6SMRJI.js";import"./chunk-Z26P24VM.js";import"./chunk-3HHHVYE2.js";import"./chunk-LWUHLEQX.js";import"./chunk-PNAOP3E7.js";import"./chunk-DP2WS3GG.js";import"./chunk-XHXTDYNA.js";import"./chunk-YLOOJWWU.js";import"./chunk-DVFSX2MO.js";import"./chunk-RALZDREF.js";import"./chunk-ZRHUSTUM.js";import"./chunk-V3JMY2VE.js";import"./chunk-4TFSTCHG.js";import"./chunk-MG7AJXUS.js";import"./chunk-ET426TDV.js";import"./chunk-2LCBXW54.js";import"./chunk-AOTF55FA.js";import{b as O}from"./chunk-R2DFQVBM.js";import"./chunk-N4N7VUZQ.js";import"./chunk-GWAH6OCS.js";import"./chunk-OLOWZ6PS.js";import"./chunk-VLQ4HI2D.js";import"./chunk-B4XR6FZX.js";import{a as v,b as $}from"./chunk-CNNDKXSR.js";import{a as z}from"./chunk-EX4SKEY4.js";import{a as i}from"./chunk-QASWE46O.js";import{resolve as oe}from"node:path";import{createHash as we,randomUUID as he}from"node:crypto";import{copyFile as C,mkdir as xe,readdir as $e,readFile as Y,rename as P,rm as Q,stat as ve,writeFile as E}from"node:fs/promises";import{dirname as Re,join as b,relative as ke,sep as Ee}from"node:path";var ce=new Set(["runtime","example"]);function w(e){let t=e.replace(/[^A-Za-z0-9._-]+/g,"-").replace(/^[.-]+/,"")||"model";return ce.has(t.toLowerCase())?`${t}-model`:t}i(w,"fileName");function R(e){let r=e.split(/[^A-Za-z0-9]+/).filter(n=>n!=="").map(n=>n[0].toUpperCase()+n.slice(1)).join("");return/^[A-Za-z]/.test(r)?r:`Model${r}`}i(R,"typeName");function J(e){return/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(e)?e:g(e)}i(J,"memberName");function g(e){return JSON.stringify(e).replaceAll("<","\\u003c").replaceAll("\u2028","\\u2028").replaceAll("\u2029","\\u2029")}i(g,"literal");function x(e){return e.replaceAll("*/","*\\/").replace(/\s+/g," ").trim()}i(x,"comment");function U({model:e,modelVersion:t,digest:r,columns:n,golden:o},d){let a=o[0]?.row??{},s=n.filter(({name:m,required:p})=>p||d.has(m));return`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'">
    <title>${f(e)} ${f(t)}</title>
    <link rel="stylesheet" href="example.css">
    <script type="module" src="example.js"></script>
  </head>
  <body>
    <main>
      <header>
        <h1>${f(e)}</h1>
        <p>${f(t)} <code>${f(r.slice(7,19))}</code></p>
      </header>
      <form>
        <fieldset>
          <legend>What is known</legend>
${s.map(m=>ue(m,a)).join(`
`)}
        </fieldset>
        <button type="submit">Predict</button>
      </form>
      <output aria-live="polite"></output>
      <footer>The model answers in this page: nothing is sent anywhere.</footer>
    </main>
  </body>
</html>
`}i(U,"examplePage");function ue(e,t){let{name:r,type:n,description:o,required:d}=e,a=t[r]??void 0,s=`field-${r}`,m=[...o===void 0?[]:[o],...e.unit===void 0?[]:[`Unit: ${e.unit}.`]].join(" "),p=`${s}-hint`,l=m===""?"":` aria-describedby="${f(p)}"`,u=fe(e,`id="${f(s)}"${l}`,a);return`          <div class="field" data-column="${f(r)}" data-type="${n}">
            <label for="${f(s)}">${f(r)}${d?"":" <span>optional</span>"}</label>
            ${u}
            ${m===""?"":`<small id="${f(p)}">${f(m)}</small>`}
          </div>`}i(ue,"field");function fe(e,t,r){let{name:n,type:o,required:d,enum:a}=e,s=`${t} name="${f(n)}"`,m=a??(o==="boolean"?[!0,!1]:void 0);if(m!==void 0){let l=[...d?[]:[`<option value=""${r===void 0?" selected":""}>not known</option>`],...m.map(u=>`<option value="${f(JSON.stringify(u))}"${u===r?" selected":""}>${f(String(u))}</option>`)];return`<select ${s}>${l.join("")}</select>`}let p=r===void 0?"":` value="${f(String(ge(r)))}"`;if(o==="integer"||o==="number"){let l=[...e.minimum===void 0?[]:[` min="${e.minimum}"`],...e.maximum===void 0?[]:[` max="${e.maximum}"`]].join("");return`<input ${s} type="number" step="${o==="integer"?e.multipleOf??1:"any"}"${l}${p}>`}return`<input ${s} type="${o==="date"?"date":"text"}"${p}>`}i(fe,"controlOf");function ge(e){return typeof e=="number"&&!Number.isInteger(e)?Number(e.toPrecision(4)):e}i(ge,"rounded");function Z({model:e,lineage:t}){return`import { InvalidRowError, load } from './${w(e)}.js';

const form = document.querySelector('form');
const output = document.querySelector('output');
const asked = ${g(t.target??"answer")};
const started = performance.now();
const loading = load();

loading.then(
  () => {
    document.body.dataset.ready = String(Math.round(performance.now() - started));
    show();
  },
  (error) => say(error.message),
);

form.noValidate = true;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  show();
});

async function show() {
  const model = await loading;
  for (const field of document.querySelectorAll('.problem')) field.remove();
  try {
    const answer = await model.predict(rowOf(form));
    output.replaceChildren(...('value' in answer ? [valueOf(answer)] : barsOf(answer)));
  } catch (error) {
    if (!(error instanceof InvalidRowError)) return say(error.message);
    say('The row breaks the contract of the model.');
    for (const { column, expected } of error.problems) mark(column, \`Expected \${expected}.\`);
  }
}

function rowOf(form) {
  const row = {};
  for (const field of form.querySelectorAll('.field')) {
    const { column, type } = field.dataset;
    const { value, tagName } = field.querySelector('input, select');
    if (value === '') continue;
    if (tagName === 'SELECT') row[column] = JSON.parse(value);
    else row[column] = type === 'integer' || type === 'number' ? Number(value) : value;
  }
  return row;
}

function valueOf({ value }) {
  return element('strong', \`\${asked}: \${Number(value.toPrecision(6))}\`);
}

function barsOf({ label, probabilities }) {
  const rows = Object.entries(probabilities).map(([name, probability]) => {
    const row = element('div', '', 'bar');
    const meter = element('div', '', 'meter');
    const filled = element('div');
    filled.style.width = \`\${100 * probability}%\`;
    meter.append(filled);
    if (name === String(label)) row.classList.add('chosen');
    row.append(element('span', name), meter, element('span', probability.toFixed(4)));
    return row;
  });
  return [element('strong', \`\${asked}: \${label}\`), ...rows];
}

function mark(column, text) {
  const field = [...document.querySelectorAll('.field')].find(({ dataset }) => dataset.column === column);
  (field ?? output).append(element('p', field ? text : \`\${column ?? ''} \${text}\`, 'problem'));
}

function say(text) {
  output.replaceChildren(element('p', text, 'problem'));
}

function element(tag, text = '', name = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = name;
  return made;
}
`}i(Z,"exampleScript");var B=`:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14171c);
  --paper: light-dark(#ffffff, #1d2129);
  --ink: light-dark(#1b1f27, #e8eaef);
  --soft: light-dark(#5a6270, #a2aab8);
  --line: light-dark(#d5d9e0, #363c48);
  --accent: light-dark(#1f5fbf, #7fb0ff);
  --on-accent: light-dark(#ffffff, #10131a);
  --wrong: light-dark(#b3261e, #ffb4ab);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; display: grid; gap: 1.5rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; }
header p, footer { margin: 0; color: var(--soft); font-size: 0.9rem; overflow-wrap: anywhere; }
form { display: grid; gap: 1rem; }
fieldset {
  margin: 0;
  padding: 1rem;
  border: 1px solid var(--line);
  border-radius: 0.6rem;
  background: var(--paper);
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
  gap: 1rem;
}
legend { padding: 0 0.4rem; color: var(--soft); font-size: 0.9rem; }
.field { display: grid; gap: 0.2rem; align-content: start; }
label { font-weight: 600; overflow-wrap: anywhere; }
label span, small { color: var(--soft); font-weight: 400; font-size: 0.85rem; line-height: 1.35; }
input, select {
  width: 100%;
  min-height: 2.6rem;
  padding: 0.45rem 0.6rem;
  border: 1px solid var(--line);
  border-radius: 0.4rem;
  background: var(--ground);
  color: inherit;
  font: inherit;
}
button {
  justify-self: start;
  padding: 0.6rem 1.6rem;
  border: 0;
  border-radius: 0.4rem;
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
output {
  display: grid;
  gap: 0.6rem;
  min-height: 8rem;
  align-content: start;
  padding: 1rem;
  border: 1px solid var(--line);
  border-radius: 0.6rem;
  background: var(--paper);
}
output strong { font-size: 1.6rem; line-height: 1.2; overflow-wrap: anywhere; }
.bar { display: grid; grid-template-columns: minmax(3rem, 9rem) 1fr 4rem; gap: 0.8rem; align-items: center; color: var(--soft); }
.bar span { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.bar span:last-child { text-align: right; }
.chosen { color: var(--ink); font-weight: 600; }
.meter { height: 0.8rem; border-radius: 0.4rem; background: var(--line); overflow: hidden; }
.meter div { height: 100%; background: var(--accent); border-radius: 0.4rem; }
.problem { margin: 0; color: var(--wrong); font-size: 0.9rem; }
`;function f(e){return e.replace(/[&<>"']/g,t=>`&#${t.charCodeAt(0)};`)}i(f,"html");function H(e,{runtime:t,onnxRuntime:r,program:n}){let{model:o,version:d,sha256:a}=e;return`// ${x(o)} ${x(d)}, sha256:${a}. Written by trainyard export.
import * as onnxRuntime from './${r}';
import { InvalidRowError, openModel } from './${t}';

const description = ${g(e)};
const base = new URL('./', import.meta.url);

export { InvalidRowError };
export const about = Object.freeze(${g({model:o,version:d,digest:`sha256:${a}`})});

/** Loads the model; a page does it once. */
export function load() {
  return openModel({ description, runtime: onnxRuntime, base, program: ${g(n)} });
}

let loaded;

/** Answers one row; the first call loads the model. */
export async function predict(row) {
  loaded ??= load();
  try {
    return (await loaded).predict(row);
  } catch (error) {
    loaded = undefined;
    throw error;
  }
}
`}i(H,"moduleText");function X(e){let t=R(e.model),{model:r,version:n,sha256:o,columns:d,info:a}=e,s=a.task==="regression"?`export interface ${t}Answer {
  readonly value: number;
}`:`export type ${t}Label = ${N(a.classes).map(g).join(" | ")};

export interface ${t}Answer {
  readonly label: ${t}Label;
  /** By label; they add up to 1. */
  readonly probabilities: { ${a.classes.map(m=>`readonly ${g(m)}: number`).join("; ")} };
}`;return`// ${x(r)} ${x(n)}, sha256:${o}. Written by trainyard export.

/** What the model is asked about. */
export interface ${t}Row {
${d.map(ye).join(`
`)}
}

${s}

/** A rule of the contract that a row breaks; the value is not told. */
export interface RowProblem {
  readonly rule: string;
  readonly column?: string;
  /** For people: \`<= 110\`. */
  readonly expected: string;
}

export class InvalidRowError extends Error {
  readonly name: 'InvalidRowError';
  /** \`row\` counts from 0. */
  readonly problems: readonly (RowProblem & { readonly row: number })[];
}

export interface ${t}Model {
  /** The rules that a row breaks; an empty list for a good one. */
  check(row: unknown): readonly RowProblem[];
  /** Answers one row. Rejects with an InvalidRowError when it breaks the contract. */
  predict(row: ${t}Row): Promise<${t}Answer>;
  /** Answers rows in one call. */
  predictMany(rows: readonly ${t}Row[]): Promise<readonly ${t}Answer[]>;
  /** Frees the memory. */
  close(): Promise<void>;
}

export const about: {
  readonly model: ${g(r)};
  readonly version: ${g(n)};
  readonly digest: ${g(`sha256:${o}`)};
};

/** Loads the model; a page does it once. */
export function load(): Promise<${t}Model>;

/** Answers one row; the first call loads the model. */
export function predict(row: ${t}Row): Promise<${t}Answer>;
`}i(X,"moduleTypes");function ye(e){let{name:t,required:r}=e,n=x([e.description??"",be(e)].filter(a=>a!=="").join(" ")),o=n===""?[]:[`  /** ${n} */`],d=r?_(e):`${_(e)} | null`;return[...o,`  readonly ${J(t)}${r?"":"?"}: ${d};`].join(`
`)}i(ye,"member");function _({type:e,enum:t}){if(t!==void 0&&t.length>0)return t.map(g).join(" | ");switch(e){case"integer":case"number":return"number";case"boolean":return"boolean";default:return"string"}}i(_,"valueType");function be(e){let r=[...e.type==="integer"?["a whole number"]:[],...e.type==="date"||e.type==="timestamp"?[`a ${e.type}, ISO 8601`]:[],...k("at least",e.minimum??e.earliest),...k("at most",e.maximum??e.latest),...k("more than",e.exclusiveMinimum??e.after),...k("less than",e.exclusiveMaximum??e.before),...e.multipleOf===void 0?[]:[`a multiple of ${e.multipleOf}`],...e.pattern===void 0?[]:[`matches ${e.pattern}`]].join(", ");return r===""?"":`${r[0].toUpperCase()}${r.slice(1)}.`}i(be,"rulesOf");function k(e,t){return t===void 0?[]:[`${e} ${t}`]}i(k,"bound");function G({manifest:e,onnxRuntime:t,files:r}){let{model:n,modelVersion:o,digest:d,lineage:a,golden:s}=e,m=w(n),p=s[0]?.row??{},l=r.reduce((y,{bytes:c})=>y+c,0),u=Object.entries({run:a.run,commit:a.commit,contract:a.contract?.digest});return`# ${n} ${o} for the browser

The model, ONNX Runtime ${t} and a typed module. Everything is in this folder: nothing is asked of another server, and no
row leaves the page. Answers are those of the server, to the rounding of the last digits.

\`\`\`js
import { predict } from './${m}.js';

const answer = await predict(${JSON.stringify(p)});
\`\`\`

\`load()\` gives the model with \`check(row)\`, \`predict(row)\`, \`predictMany(rows)\` and \`close()\`. A row that breaks the contract
is refused with an \`InvalidRowError\`, whose \`problems\` are those of the server. Types (\`${R(n)}Row\`) are in
\`${m}.d.ts\`.

Serve the folder as it is, \`.wasm\` as \`application/wasm\`, compressed where you can. This policy is enough, and nothing is
evaluated from text:

    Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'

\`index.html\` is an example: \`npx http-server .\`, or any other server of files.

| | |
| --- | --- |
| model | \`${d}\` |
${u.filter(([,y])=>y!==void 0).map(([y,c])=>`| ${y} | \`${c}\` |`).join(`
`)}

${r.length} files, ${(l/1e6).toFixed(1)} MB. Their digests, as browsers take them (\`integrity="..."\`), are in \`integrity.json\`:

| file | bytes |
| --- | --- |
${r.map(({path:y,bytes:c})=>`| \`${y}\` | ${c} |`).join(`
`)}
`}i(G,"readmeText");function K(e){let t=Object.fromEntries(e.map(({path:r,integrity:n})=>[r,n]));return`${JSON.stringify(t,null,2)}
`}i(K,"integrityText");var h={runtime:"runtime.js",onnxRuntime:`onnxruntime/${M.module}`,program:`onnxruntime/${M.program}`},A="integrity.json";async function ee(e){let t=await re(e);if(!t.ok)return t;let{manifest:r,onnxRuntime:n,repairs:o}=t.value;return v(ne(e,r,n,o))}i(ee,"planWebExport");async function te(e){let t=await re(e);if(!t.ok)return t;let{folder:r}=e,{manifest:n,onnxRuntime:o,repairs:d}=t.value,a=`${r}.${he()}`;try{await xe(b(a,Re(h.program)),{recursive:!0});let s=await Me(a,t.value),m=`${a}.before`;await P(r,m).catch(l=>{if(l.code!=="ENOENT")throw l}),await P(a,r).catch(async l=>{throw await P(m,r).catch(()=>{}),l}),await Q(m,{recursive:!0,force:!0});let p=s.reduce((l,u)=>l+u.bytes,0);return v({...ne(e,n,o,d),files:s,bytes:p})}catch(s){return $([I(r,s)])}finally{await Q(a,{recursive:!0,force:!0}).catch(()=>{})}}i(te,"exportWeb");async function re({servable:e,folder:t,cwd:r}){if(!await Fe(t))return $([V(t)]);let n=q(r);if(!n.ok)return $([n.failure]);let o=await D(e);return o.ok?v({...o.value,onnxRuntime:n.value}):$([o.failure])}i(re,"prepare");async function Fe(e){let t=await ve(e).catch(()=>{});if(t===void 0)return!0;if(!t.isDirectory())return!1;let r=await $e(e,{recursive:!0,withFileTypes:!0}).catch(()=>{});if(r===void 0)return!1;if(r.length===0)return!0;let n=await Y(b(e,A),"utf8").catch(()=>""),o=new Set([...Oe(n),A,"README.md"]),d=r.filter(a=>!a.isDirectory());return o.has(h.runtime)&&d.every(({parentPath:a,name:s})=>o.has(ke(e,b(a,s)).replaceAll(Ee,"/")))}i(Fe,"isFree");function Oe(e){try{let t=JSON.parse(e);return t!==null&&typeof t=="object"?Object.keys(t):[]}catch{return[]}}i(Oe,"exportedFiles");async function Me(e,{manifest:t,description:r,bytes:n,onnxRuntime:o}){let d=w(t.model),a=new Set(T(r.info).map(l=>l.name)),s=[[`${d}.js`,H(r,h)],[`${d}.d.ts`,X(r)],["index.html",U(t,a)],["example.js",Z(t)],["example.css",B]];for(let[l,u]of s)await E(b(e,l),u);await E(b(e,F),n),await C(z("dist/web/runtime.js"),b(e,h.runtime)),await C(o.module,b(e,h.onnxRuntime)),await C(o.program,b(e,h.program));let m=[...s.map(([l])=>l),F,...Object.values(h)].sort(),p=[];for(let l of m){let u=await Y(b(e,l)),y=`sha384-${we("sha384").update(u).digest("base64")}`;p.push({path:l,bytes:u.length,integrity:y})}return await E(b(e,A),K(p)),await E(b(e,"README.md"),G({manifest:t,onnxRuntime:o.version,files:p})),p}i(Me,"writeFiles");function ne({folder:e},{model:t,modelVersion:r},{version:n},o){return{model:t,modelVersion:r,folder:e,module:`${w(t)}.js`,onnxRuntime:n,repairs:o}}i(ne,"reportOf");async function ie({model:e,output:t},r){let n=await W(e,r);return n.ok?await te({servable:n.value,folder:oe(r.cwd,t),cwd:r.cwd}):n}i(ie,"exportModel");async function ae({model:e,output:t},r){let n=await W(e,r);return n.ok?await ee({servable:n.value,folder:oe(r.cwd,t),cwd:r.cwd}):n}i(ae,"planExport");async function yt(e,t){let r=L(e,t);if(t.dryRun===!0){let c=await ae(t,r);if(!c.ok)return S(e,t,c.failure);let{model:le,modelVersion:de,onnxRuntime:me,folder:pe}=c.value;t.json===!0?j(e,c.value):e.out(`${O(`${le} ${de} with onnxruntime-web ${me} would be ${pe}`)}
`);return}let n=await ie(t,r);if(!n.ok)return S(e,t,n.failure);if(t.json===!0)return j(e,n.value);let{model:o,modelVersion:d,folder:a,files:s,bytes:m,onnxRuntime:p,repairs:l}=n.value,u=Math.max(...s.map(({path:c})=>c.length)),y=[...s.map(c=>`  ${c.path.padEnd(u)}  ${se(c.bytes)}`),`${o} ${d} with onnxruntime-web ${p}, ${se(m)}: ${a}`,...l.map(c=>`Note: ${c}.`)];e.out(`${y.map(O).join(`
`)}
`)}i(yt,"exportVerb");function se(e){return e<1e6?`${(e/1e3).toFixed(1)} kB`:`${(e/1e6).toFixed(1)} MB`}i(se,"kilobytes");export{yt as exportVerb};
