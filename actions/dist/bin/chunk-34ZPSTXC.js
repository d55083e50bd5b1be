import { createRequire as createRequireOfBundle } from 'node:module'; import { dirname as dirnameOfBundle } from 'node:path'; import { fileURLToPath as pathOfBundle } from 'node:url'; const require = createRequireOfBundle(import.meta.url), __filename = pathOfBundle(import.meta.url), __dirname = dirnameOfBundle(__filename);
import{a as me,b as q,c as ue,e as z,f as ce,g as D}from"./chunk-SQKYEBLJ.js";import{a as le}from"./chunk-G4XKMRPP.js";import{b as de}from"./chunk-LGU3HD7D.js";import{a as ae}from"./chunk-PN6LS4T5.js";import"./chunk-MDY4UXLK.js";import{H as ee,I as te,J as k,K as ne,L as M,M as A,N as re,O as ie,P as oe,Q as se,a as Z,b as W,c as I,d as Q,e as S,j as E,k as X}from"./chunk-IIJSW3NH.js";import{a as K}from"./chunk-Z26P24VM.js";import{j as H,n as T,o as J}from"./chunk-YLOOJWWU.js";import"./chunk-DVFSX2MO.js";import"./chunk-RALZDREF.js";import"./chunk-ZRHUSTUM.js";import"./chunk-MG7AJXUS.js";import"./chunk-ET426TDV.js";import"./chunk-2LCBXW54.js";import{a as Ge}from"./chunk-AOTF55FA.js";import"./chunk-R2DFQVBM.js";import"./chunk-N4N7VUZQ.js";import{a as B}from"./chunk-GWAH6OCS.js";import"./chunk-OLOWZ6PS.js";import"./chunk-VLQ4HI2D.js";import"./chunk-B4XR6FZX.js";import{a as y,b as g}from"./chunk-CNNDKXSR.js";import"./chunk-EX4SKEY4.js";import{a as d,f as Le}from"./chunk-QASWE46O.js";import{existsSync as kt}from"node:fs";import{readFile as vt}from"node:fs/promises";import{basename as xt,dirname as V,relative as qe,resolve as ze}from"node:path";import{mkdir as Ve,readFile as Ye,writeFile as Be}from"node:fs/promises";import{dirname as He,join as U}from"node:path";async function C(e,t,n){let{path:r,content:i}=e,o=typeof i=="string"?{text:i}:{},a=await Ye(U(t,r)).catch(()=>{});return a===void 0?{path:r,what:"created",content:i,...o}:a.equals(Buffer.from(i))?{path:r,what:"same"}:n?{path:r,what:"replaced",content:i,...o}:{path:r,what:"kept"}}d(C,"settle");async function fe(e,t){for(let{path:n,content:r,text:i,what:o}of e){if(o==="same"||o==="kept")continue;let a=r??i;if(a!==void 0)try{await Ve(He(U(t,n)),{recursive:!0}),await Be(U(t,n),a,o==="created"?{flag:"wx"}:{})}catch(s){return ie(n,s)}}}d(fe,"writeAll");import{join as tt}from"node:path";import{mkdtemp as Ke,rm as Je}from"node:fs/promises";import{tmpdir as Ze}from"node:os";import{join as Qe}from"node:path";async function pe(e,t,{env:n}){let i=`${(n.GITHUB_SERVER_URL??"https://github.com").replace(/\/+$/,"")}/${e}`,o=d(s=>ee(i,{repository:e,version:t,why:s}),"unknown"),a=await Ke(Qe(Ze(),"trainyard-pin-"));try{let s=await K(i,{scratch:a});if(!s.ok)return g(o(s.failure.message));let l=`refs/tags/${t}`,c=await s.value.remote.fetch([{from:l,to:l}]);if(!c.ok)return g(o(c.failure.message));let m=await s.value.repository.resolve(t);return m.ok?m.value===void 0?g(o("there is no such tag")):y(m.value):g(o(m.failure.message))}finally{await Je(a,{recursive:!0,force:!0})}}d(pe,"findPin");var he=Le(Ge(),1);function ge({path:e,content:t}){return!e.endsWith("/pipeline.yaml")||typeof t!="string"?[]:[{file:(0,he.parse)(t)}]}d(ge,"triggersIn");function we(e,t){let n=W(e);if(n===void 0)return{what:"kept"};let r=I(S(e)),i=I(S(t)),o=new Map,a=i.flatMap(p=>{let $=r.find(({name:b})=>b===p.name),v=n.digests.get(p.name);if($===void 0)return v===void 0||p.name==="permissions"?[p]:[];let F=D($,p,v),h=F==="outdated"?be($,p):void 0;return(F==="both"||F==="outdated"&&h===void 0)&&v!==void 0&&o.set(p.name,v),[h??{...$,text:et($.text,p.text)}]}),s=r.filter(p=>Xe(p,i,n)),l=[...a,...s],c=/^# (.*)$/m.exec(t)?.[1]??"",m=l.length===r.length&&l.every((p,$)=>p.text.trim()===r[$].text.trim()),u=`${Z(c,i,o)}${l.map(p=>p.text.trim()).join(`

`)}
`;return!(!m||ye(u)!==ye(e))||u===e?{what:o.size>0?"edited":"same"}:{what:o.size>0?"edited":"updated",text:u}}d(we,"updatedCaller");function Xe(e,t,n){return!t.some(({name:r})=>r===e.name)&&!ce(e,n)}d(Xe,"isOfOthers");function ye(e){return/^# trainyard template=.*$/m.exec(e)?.[0]}d(ye,"digestLine");function be(e,t){let n=e.text.split(`
`),r=n.findIndex(i=>i.trim()!==""&&!/^\s*#/.test(i));if(!n.slice(r).some(i=>/^\s*#/.test(i)&&!t.text.includes(i.trim())))return{...t,text:[...n.slice(0,r),t.text.trimStart()].join(`
`)}}d(be,"withComments");function et(e,t){let n=/(\S+\/\.github\/workflows\/)[\w-]+\.yml@([0-9a-f]{40}) # (\S+)/.exec(t);if(n===null)return e;let[,r,i,o]=n,a=r.replace(/[.*+?^${}()|[\]\\]/g,"\\$&"),s=new RegExp(`(["']?)(${a}[\\w-]+\\.yml)@[^\\s"'#]+\\1([ \\t]*#[ \\t]*v?\\d\\S*)?`,"g");return e.replace(s,(l,c,m)=>`${c}${m}@${i}${c} # ${o}`)}d(et,"withPin");function $e(e,t){let n=W(e),r=I(e).find(({name:s})=>s==="on"),i=I(t).find(({name:s})=>s==="on"),o=n?.digests.get("on");if(r===void 0||i===void 0||o===void 0||D(r,i,o)!=="outdated")return;let a=be(r,i);if(a!==void 0)return e.replace(r.text,()=>a.text).replace(` on=${o}`,` on=${Q(i)}`)}d($e,"withTriggers");async function ke(e,{repositoryRoot:t,root:n,directory:r,branch:i,own:o,found:a,others:s},l){let c=e.force===!0,m=a.filter(h=>h.directory===r),u=await rt(e,q(m)??q(a),l);if(!u.ok)return u;let f=[...await ve(n),...o.flatMap(h=>ge(h))],p=s.length===0,$=E(z(f,{source:u.value,branch:i,directory:r,isAlone:p}));for(let{path:h}of $){let b=a.find(P=>P.path.toLowerCase()===h.toLowerCase());if(b!==void 0&&b.directory!==r)return g(re(h,r,b.directory))}let v=$.map(async({path:h,text:b,calls:P})=>{let w=m.find(j=>j.calls===P);return w===void 0||c?await C({path:w?.path??h,content:b},t,c):e.update!==!0?{path:w.path,what:w.text===b?"same":"kept"}:{path:w.path,...we(w.text,b)}}),F=m.length>0?[]:s.map(h=>nt(h,t,a));return y([...await Promise.all(v),...(await Promise.all(F)).flat()])}d(ke,"draftCallers");async function nt(e,t,n){let r=n.find(u=>u.calls==="promote"&&u.directory===e);if(r===void 0)return[];let{path:i,text:o,source:a}=r,s=await ve(tt(t,e)),c=E(z(s,{source:a,branch:"main",directory:e,isAlone:!1})).find(({calls:u})=>u==="promote"),m=$e(o,c.text);return m===void 0?[]:[{path:i,what:"updated",text:m}]}d(nt,"narrowPromote");async function rt({from:e,pin:t,version:n,update:r},i,o){if(e==="."||e===void 0&&t===void 0&&i?.kind==="own")return y({kind:"own"});if(t!==void 0&&(!/^[0-9a-f]{40}$/.test(t)||/^0+$/.test(t)))return g(te(t));let a=e??(i?.kind==="pinned"?i.repository:"trainyard/trainyard"),s=`v${n}`;if(t!==void 0)return y({kind:"pinned",repository:a,commit:t,version:s});let l=i?.kind==="pinned"&&ue(i);if(l&&(r!==!0||i.version===s))return y(i);let c=i?.kind==="pinned"?i.repository:a,m=await pe(c,s,o);return m.ok?y({kind:"pinned",repository:c,commit:m.value,version:s}):l?y(i):m}d(rt,"sourceOf");async function ve(e){return(await Promise.all(T(e).map(n=>J({root:e,file:`pipelines/${n}/pipeline.yaml`})))).flatMap(n=>n.ok?[n.value]:[])}d(ve,"loadedPipelines");function O({target:e}){return e.type==="boolean"||e.categories?.length===2?"two classes":e.categories===void 0?"number":"classes"}d(O,"taskOf");function R({columns:e,key:t,target:n}){let r=e.filter(({name:o,personal:a})=>!t.includes(o)&&o!==n.name&&!a),i=d(({type:o,categories:a})=>a!==void 0&&(o==="string"||a.length>2),"isCategory");return{numbers:r.filter(o=>(o.type==="integer"||o.type==="number")&&!i(o)).map(({name:o})=>o),categories:r.filter(i).map(({name:o})=>o)}}d(R,"featuresOf");function xe(e){let{name:t,description:n,data:r,delimiter:i,key:o,target:a,least:s}=e,l=O(e),{numbers:c,categories:m}=R(e),u=l==="number"?"rmse":"roc_auc",f=l==="number"?["baseline","ridge","random-forest","gradient-boosting"]:["baseline","logistic-regression","random-forest","gradient-boosting"],p=l==="number"?"":`, stratify: ${x(a.name)}`;return`version: 1
name: ${t}
description: ${x(n)}

on:
  push: { paths: [pipelines/${t}/**${r.startsWith(`pipelines/${t}/`)?"":`, ${x(r)}`}] }
  schedule: [{ cron: "17 3 * * *" }]
  dispatch: {}

params:
  seed: 7
  trees: 100

data:
  rows:
    path: ${x(r)}${i===","?"":`
    delimiter: ${JSON.stringify(i)}`}
    contract: rows.odcs.yaml
    key: ${o.length===1?x(o[0]):`[${o.map(x).join(", ")}]`}
    target: ${x(a.name)}
    split: { test: 0.25${p} }   # by hash of the key: a row never changes sides

features:
${c.length===0?"":`  - { columns: [${c.map(x).join(", ")}], impute: median, scale: standard }
`}${m.length===0?"":`  - { columns: [${m.map(x).join(", ")}], encode: one-hot }
`}
steps:
  validate:
    uses: validate
    with: { data: rows }
  train:
    needs: validate
    matrix:
      estimator: [${f.join(", ")}]
    uses: train
    with:
      data: rows
      estimator: \${{ matrix.estimator }}
      trees: \${{ params.trees }}
      seed: \${{ params.seed }}
  evaluate:
    needs: train
    uses: evaluate
    with: { data: rows }
  choose:
    needs: evaluate
    uses: choose
    with: { metric: ${u} }

model:
  from: choose
  gates:
${it(l,s)}    # Not worse than what is in production, by more than noise; where nothing is, it passes.
${l==="number"?`    # The drop is in the unit of the target: a hundredth of the range that the contract gives it.
`:""}    - { metric: ${u}, baseline: production, max-drop: ${l==="number"?ot(a):.01}, without-baseline: pass }
`}d(xe,"pipelineYaml");function it(e,t){return t!==void 0?`    - { metric: ${e==="number"?"rmse":"roc_auc"}, min: ${t} }
`:e==="number"?`    # Keeps out what learned nothing: the mean of all rows has an r2 of 0, and what knows all has 1. Set what you need.
    - { metric: r2, min: 0.05 }
`:`    # Keeps out what learned nothing: a coin has 0.5, and what knows all has 1. Set what you need.
    - { metric: roc_auc, min: 0.6 }
`}d(it,"floor");function ot({range:e}){return e===void 0?.01:Number(((e.maximum-e.minimum)/100).toPrecision(2))}d(ot,"maxDrop");function Pe({name:e,columns:t,key:n,target:r}){let i=t.map(o=>st(o,n,r.name));return`# What each column may hold, inferred from the rows. Read it: a range or a list that is too narrow refuses good rows,
# and one that is too wide lets bad ones in.
apiVersion: v3.1.0
kind: DataContract
id: ${e}-rows
name: Rows of ${e}
version: 1.0.0
status: draft
schema:
  - name: rows
    physicalType: csv
    quality:
      - { type: library, metric: rowCount, mustBeGreaterOrEqualTo: 20, severity: error }
    properties:
${i.join("")}`}d(Pe,"contractYaml");function st(e,t,n){let{name:r,type:i,required:o,unique:a,personal:s,range:l,categories:c}=e,m=t.indexOf(r);return`${[`      - name: ${x(r)}`,`        logicalType: ${i}`,...o||r===n?["        required: true"]:[],...m>=0?[...a?["        unique: true"]:[],"        primaryKey: true",`        primaryKeyPosition: ${m+1}`]:[],...s?["        classification: restricted","        tags: [pii]"]:[],...c!==void 0&&m<0?["        quality:","          - type: library","            metric: invalidValues",`            arguments: { validValues: [${c.map(f=>i==="string"?x(f):f).join(", ")}] }`,"            mustBe: 0"]:l!==void 0&&m<0?[`        logicalTypeOptions: { minimum: ${l.minimum}, maximum: ${l.maximum} }`]:[]].join(`
`)}
`}d(st,"property");function x(e){return/^[A-Za-z_][\w./ -]*$/.test(e)&&!/^(true|false|null|yes|no|on|off|y|n)$/i.test(e)&&!/\s$/.test(e)?e:JSON.stringify(e)}d(x,"plain");function Fe(e){let{columns:t,key:n,target:r,data:i}=e,{numbers:o,categories:a}=R(e),s=[...o,...a,...n,r.name],l=t.filter(({name:f})=>!s.includes(f)),c=t.filter(f=>f.personal).map(({name:f})=>f),m={"two classes":"one of two classes",classes:"one of its classes",number:"a number"},u=t.flatMap(({name:f,placeholders:p})=>p===void 0?[]:[`\`${f}\` holds ${p.words.join(", ")} in ${_(p.count)}, and is a text by that: leave these fields empty, and it is a number with gaps.`]);return[`Predicted: \`${r.name}\`, as ${m[O(e)]}. Key: ${n.join(", ")}.`,...o.length===0?[]:[`Features that are numbers: ${o.join(", ")}.`],...a.length===0?[]:[`Features with few values, one-hot: ${a.join(", ")}.`],...l.length===0?[]:[`Left out: ${l.map(f=>`${f.name} (${at(f)})`).join(", ")}.`],...u,...c.length===0?[]:[`Personal data, by name or value: ${c.join(", ")}. No feature is made of it, and ${i} would be committed with it: take it out first, or keep the rows elsewhere.`],...O(e)==="number"?["The gate `r2 min: 0.05` only keeps out a model that learned nothing: set what you need."]:e.least===void 0?["The gate `roc_auc min: 0.6` only keeps out a model that learned nothing: set what you need."]:[]]}d(Fe,"dataNotes");function at({personal:e,type:t,distinct:n}){return n===0?"no values":e?"personal data":t==="date"||t==="timestamp"?"a time":n===1?"one value":t==="string"?`text with ${n} different values`:t==="boolean"?"true or false":t}d(at,"whyLeft");function _(e){return e===1?"1 row":`${e} rows`}d(_,"rows");function Te(e){let t=e.replace(/([a-zäöüß\d])([A-ZÄÖÜ])/g,"$1 $2").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(r=>r!==""),n=t.at(-1);return t.some(r=>lt.test(r))?!0:n!=="name"&&n!=="names"?!1:t.length===1||t.some(r=>dt.test(r))}d(Te,"isPersonalName");var lt=/^(e?mail|phone|telephone|mobile|fax|forename|firstname|lastname|surname|fullname|username|address|street|birth\w*|dob|ssn|passport|iban|vorname|nachname|familienname|geburts\w*|geboren|adresse|anschrift|stra(ß|ss)e|telefon\w*|handy|personalausweis)$/,dt=/^(first|last|full|middle|family|given|maiden|user|patient|person|customer|client|employee|member|student|subject|contact|owner|holder|doctor|physician|applicant|borrower|guest|author)s?$/;var mt=20,Re={boolean:/^(true|false)$/,integer:/^-?(0|[1-9]\d{0,14})$/,number:/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/,date:/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,timestamp:/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/},Ie=/^(NA|N\/A|n\/a|na|NaN|nan|NULL|null|None|-|\?)$/,ut=/^[^\s@]+@[^\s@]+\.[^\s@]+$/;function L({columns:e,rows:t}){return e.map((n,r)=>ct(n,t.map(i=>i[r])))}d(L,"inferColumns");function ct(e,t){let n=t.filter(s=>s!==""),r=new Set(n),i=n.length===0?"string":["boolean","integer","number","date","timestamp"].find(s=>n.every(l=>Re[s].test(l)))??"string",a=n.length>0&&r.size<=mt&&r.size*2<=n.length&&(i==="string"||i==="integer"&&r.size<=10);return{name:e,type:i,required:n.length===t.length,unique:r.size===t.length,personal:Te(e)||n.length>0&&n.every(s=>ut.test(s)),gaps:t.length-n.length,distinct:r.size,...i==="string"?ft(n):{},...i==="integer"||i==="number"?{range:pt([...r].map(Number),i)}:{},...a?{categories:ht([...r],i)}:{}}}d(ct,"inferColumn");function ft(e){let t=e.filter(i=>Ie.test(i)),n=e.filter(i=>!Ie.test(i)),r=n.length>0&&n.every(i=>Re.number.test(i));return t.length===0||!r?{}:{placeholders:{words:[...new Set(t)].sort(),count:t.length}}}d(ft,"placeholdersIn");function pt(e,t){let n=e.reduce((s,l)=>Math.min(s,l),Number.POSITIVE_INFINITY),r=e.reduce((s,l)=>Math.max(s,l),Number.NEGATIVE_INFINITY),i=(r-n)/4||Math.abs(r)/4||1,o=d((s,l)=>{if(t==="integer")return Math[l](s);let c=10**Math.floor(Math.log10(i));return Number((Math[l](s/c)*c).toPrecision(12))},"round"),a=o(n-i,"floor");return{minimum:n>=0&&a<0?0:a,maximum:o(r+i,"ceil")}}d(pt,"rangeOf");function ht(e,t){return t==="string"?[...e].sort():[...e].sort((n,r)=>Number(n)-Number(r))}d(ht,"sorted");var gt=2e5,yt=20;function G(e,t){let n;try{n=new TextDecoder("utf-8",{fatal:!0}).decode(t)}catch{return g(k(e,"it is not UTF-8"))}let r=n.search(/[\r\n]/),i=r<0?n:n.slice(0,r),o=d(u=>i.split(u).length,"count"),a=[",",";","	","|"].reduce((u,f)=>o(f)>o(u)?f:u),[s,...l]=wt(n,a);if(s===void 0)return g(k(e,"it is empty"));if(s.some(u=>u.trim()===""))return g(k(e,"a column has no name"));let c=s.find((u,f)=>s.indexOf(u)!==f);if(c!==void 0)return g(k(e,`two columns are called \`${c}\``));let m=l.findIndex(u=>u.length!==s.length);if(m>=0){let u=l[m].length;return g(k(e,`row ${m+1} has ${u} fields, and the header ${s.length}`))}return l.length<yt?g(k(e,`it has ${l.length} rows`)):y({delimiter:a,columns:s,rows:l})}d(G,"readRows");function wt(e,t){let n=[],r=[],i="",o=!1,a=d(()=>{r.push(i),(r.length>1||r[0]!=="")&&n.push(r),r=[],i=""},"endRow");for(let s=0;s<e.length&&n.length<=gt;s++){let l=e[s];o?l!=='"'?i+=l:e[s+1]==='"'?i+=e[++s]:o=!1:l==='"'&&i===""?o=!0:l===t?(r.push(i),i=""):l===`
`?a():l!=="\r"&&(i+=l)}return(i!==""||r.length>0)&&a(),n}d(wt,"parse");var N={name:"pump-failure",description:"Say which pumps will fail within a week.",target:"failed",key:["pump"],least:.7};function Ce(){let e=B(20260101),t=d(()=>Math.sqrt(-2*Math.log(1-e()))*Math.cos(2*Math.PI*e()),"normal"),n=["coast","desert","north"],r=["pump,site,age_days,vibration,temperature,pressure,failed"];for(let i=1;i<=400;i++){let o=n[Math.floor(e()*3)],a=Math.round(50+e()*2950),s=Math.max(.2,2+a/3e3+t()*.8),l=55+(o==="desert"?8:0)+t()*6,c=6+t()*.7,m=1.6*(s-2.6)+.12*(l-58)+(o==="coast"?a/1500:0)-.4*(c-6)-1.2,u=e()<1/(1+Math.exp(-m))?1:0,f=e()<.03?"":l.toFixed(1),p=`P${String(i).padStart(3,"0")}`;r.push([p,o,a,s.toFixed(2),f,c.toFixed(2),u].join(","))}return`${r.join(`
`)}
`}d(Ce,"sampleCsv");function Oe(e){let t=G(e.file,e.bytes);if(!t.ok)return t;let n=L(t.value),r=t.value.rows.length,i=n.map(({name:h})=>h),o=n.find(({name:h})=>h===e.target);if(o===void 0)return g(ne(e.target,i));let a=o.gaps+(o.placeholders?.count??0);if(a>0){let h=o.placeholders===void 0?"":` (or ${o.placeholders.words.join(", ")})`,b=`\`${o.name}\`, which is to be predicted, has no value${h} in ${a} of ${_(r)}`;return g(k(e.file,b,"Take these rows out, fill them in, or predict another column."))}if(o.categories===void 0&&o.type!=="boolean"&&o.range===void 0)return g(k(e.file,`\`${o.name}\` has too many different texts to be predicted`));let s=e.key.find(h=>!i.includes(h));if(s!==void 0)return g(M(`there is no column \`${s}\``));let l=n.filter(({name:h,unique:b,type:P})=>b&&h!==o.name&&(P==="string"||P==="integer"||P==="timestamp")),c=l.find(({personal:h})=>!h),m=e.key.length>0?e.key:c===void 0?[]:[c.name];if(m.length===0){let h=l.map(({name:b})=>`\`${b}\``).join(", ");return g(M(l.length===0?"no column has another value in each row":`only ${h} tells them apart, which is personal data and would stand in reports`))}let u=e.name??bt(e.file);if(!je(u))return g(A(e.name??e.file));let f=e.inside??`pipelines/${u}/data/${u}.csv`,p={name:u,description:`Predict ${o.name}.`,data:f,delimiter:t.value.delimiter,columns:n,key:m,target:o},{numbers:$,categories:v}=R(p);if($.length+v.length===0)return g(k(e.file,"no column is left to predict from"));let F=e.inside===void 0?[{path:f,content:e.bytes}]:[];return y({files:[...We(p),...F],notes:Fe(p)})}d(Oe,"ownPipeline");function bt(e){let n=e.split(/[/\\]/).at(-1).replace(/\.[^.]*$/,"").normalize("NFC").toLowerCase().replace(/[äöüßæøå]/g,r=>$t[r]).normalize("NFD").replace(new RegExp("\\p{M}","gu"),"");return/[^\P{L}a-z]/u.test(n)?"":n.replace(/[^a-z0-9]+/g,"-").replace(/^[-0-9]+|-+$/g,"").slice(0,64)}d(bt,"nameOf");var $t={\u00E4:"ae",\u00F6:"oe",\u00FC:"ue",\u00DF:"ss",\u00E6:"ae",\u00F8:"oe",\u00E5:"aa"};function Ne(e=N.name){if(!je(e))return g(A(e));let t=Ce(),n=G("sample",new TextEncoder().encode(t));if(!n.ok)throw new Error(n.failure.message);let r=L(n.value),i=`pipelines/${e}/data/pumps.csv`,o=r.find(a=>a.name===N.target);return y([...We({...N,name:e,data:i,delimiter:",",columns:r,target:o}),{path:i,content:t},{path:`pipelines/${e}/data/README.md`,content:`# pumps.csv

400 pumps that never were, made by \`trainyard init\` with a fixed seed: nobody's data, free for any use (CC0-1.0). Each row
is a pump: where it stands, its age, what its sensors say, and whether it failed within a week.
`}])}d(Ne,"samplePipeline");function je(e){return/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(e)&&e.length<=64}d(je,"isName");function We(e){let t=`pipelines/${e.name}`;return[{path:`${t}/pipeline.yaml`,content:xe(e)},{path:`${t}/rows.odcs.yaml`,content:Pe(e)}]}d(We,"pipelineFiles");var Se=`version: 1
store: file:.trainyard/store            # or s3://bucket/prefix, oci://registry/repository: then jobs share it
runs: { branch: trainyard/runs }        # run records, on a branch of their own
stages:                                 # of models, in order
  - { name: staging, auto: true }       # every version that passes its gates
  # Anybody who may push tags may promote to production, until 'promoters: ["@name"]' here says who, and the Environment
  # "production" of the repository has reviewers.
  - { name: production, from: staging, environment: production }
# site:                                 # for 'trainyard site build --out public': runs, models and data as static pages
#   title: Our models
#   pages: docs                         # a folder of Markdown files that become pages, too
`,Ee=`.trainyard/
node_modules/
/public/
`;function Me(e,t){let n=e[0]??"my-pipeline";return`# Models of this repository

Made with [Trainyard](https://github.com/trainyard/trainyard): pipelines are files, runs and versions are commits and tags.

\`\`\`sh
trainyard check
trainyard run ${n}
trainyard runs list
trainyard site dev
\`\`\`

| file | what it says |
| --- | --- |
| \`trainyard.yaml\` | where bytes and records go; the stages of models |
| \`pipelines/<name>/pipeline.yaml\` | data, features, candidates, gates, triggers |
| \`pipelines/<name>/*.odcs.yaml\` | the contract: what each column may hold |
${t?`| \`.github/workflows/trainyard-*.yml\` | what starts when: pull requests, the default branch, tags, times |

Change a parameter in a pull request, and its comment says what came of it. Bring a version to production with a tag:

\`\`\`sh
git tag "${n}#production#2" "${n}@v1.0.0^{}" && git push origin "${n}#production#2"
\`\`\`

The number at the end counts all decisions about a model: one more than the largest that \`git fetch --tags && git tag --list
"${n}#*"\` shows. The button of the workflow "Trainyard promote" and \`trainyard promote\` find it by themselves.
`:""}`}d(Me,"readme");async function De(e,t){let n=ze(t.cwd,e.folder??"."),r=await Ft(n);if(!r.ok)return g([r.failure]);let{repositoryRoot:i,directory:o}=r.value,a=await Tt(e,n,t);if(!a.ok)return g([a.failure]);let s=a.value,l=d(w=>({...w,path:o==="."?w.path:`${o}/${w.path}`}),"inProject"),c=s.files.map(l),m=[...new Set([...T(n),...Ae(s.files)])].sort(),u=e.workflows!==!1,f=[{path:"trainyard.yaml",content:Se},{path:".gitignore",content:Ee},{path:"README.md",content:Me(m,u)}].map(l),p=X(i),$=oe(i,o,p),v=se(Ae(s.files).map(w=>({name:w})),$);if(v.length>0)return g(v);let F={found:p,others:$.map(w=>w.directory)},h=u?await ke(e,{...r.value,root:n,own:s.files,...F},t):y([]);if(!h.ok)return g([h.failure]);let b=[...e.update===!0?[]:[...f,...c].map(w=>C(w,i,e.force===!0))],P=[...await Promise.all(b),...h.value];if(e.dryRun!==!0){let w=await fe(P,i);if(w!==void 0)return g([w])}return y({root:n,files:P.map(({path:w,what:j,text:Y})=>({path:w,what:j,...Y===void 0?{}:{text:Y}})),pipelines:m,notes:[...s.notes,...r.value.isGit?[]:[Pt]]})}d(De,"init");var Pt='There is no Git repository here, and Trainyard needs one: "git init -b main", then "git add . && git commit -m Start".';async function Ft(e){let t={repositoryRoot:e,directory:".",branch:"main",isGit:!1},n=await H(Ue(e));if(!n.ok)return n;let r=n.value?.workTree;if(n.value===void 0||r===void 0)return y(t);let i=await me(n.value)??"main",o=qe(r,e).replaceAll("\\","/")||".";return y({repositoryRoot:r,directory:o,branch:i,isGit:!0})}d(Ft,"placeOf");function Ue(e){return kt(e)||V(e)===e?e:Ue(V(e))}d(Ue,"nearest");async function Tt({data:e,target:t,key:n,name:r,update:i},o,{cwd:a}){let s={files:[],notes:[]};if(i===!0)return y(s);if(e===void 0){if(T(o).length>0)return y(s);let u=Ne(r);return u.ok?y({...s,files:u.value}):u}let l=ze(a,e),c=await vt(l).catch(u=>u);if(c instanceof Error)return g(k(e,c.message));let m=qe(o,l).replaceAll("\\","/");return Oe({file:e,bytes:c,inside:m.startsWith("../")||m===xt(m)&&V(l)!==o?void 0:m,target:t,key:n===void 0?[]:n.split(",").map(u=>u.trim()),name:r})}d(Tt,"ownFiles");function Ae(e){return e.flatMap(({path:t})=>/^pipelines\/([^/]+)\/pipeline\.yaml$/.exec(t)?.[1]??[])}d(Ae,"pipelinesIn");var _e={created:"created",updated:"updated",replaced:"replaced",same:"up to date",kept:"kept as it is",edited:"edited by you; an outdated part stays"};async function ir(e,t,n){let r=await De({...t,version:n},le(e,t));if(!r.ok)return de(e,t,r.failure);let{files:i,pipelines:o,root:a,notes:s}=r.value;if(t.json===!0)return ae(e,{root:a,pipelines:o,notes:s,files:i.map(({path:c,what:m})=>({path:c,what:m}))});let l=t.dryRun===!0;for(let{path:c,what:m,text:u}of i){let f=m==="created"||m==="replaced"||m==="updated",p=l&&f?`would be ${_e[m]}`:_e[m];e.out(`${f?"+":"="} ${c}  ${p}
`),l&&m!=="same"&&m!=="kept"&&u!==void 0&&e.out(It(u,m))}for(let c of s)e.err(`${c}
`);l?e.err(`Nothing was written.
`):o[0]!==void 0&&t.update!==!0&&e.err(`Next: "trainyard check", then "trainyard run ${o[0]}"; later "trainyard site dev" shows all runs as pages.
`)}d(ir,"initVerb");function It(e,t){let n=e.trimEnd().split(`
`),r=t==="created"?n.slice(0,4):n,i=n.length-r.length,o=i===0?[]:[`... ${i} more lines`];return[...r,...o].map(a=>`    ${a}`.trimEnd()).join(`
`).concat(`
`)}d(It,"beginning");export{ir as initVerb};
