/** The style of the page: its own, so that it needs nothing from elsewhere. */
export const style = `
:root{color-scheme:light dark;--text:#1d2330;--soft:#5b6475;--line:#dfe3ea;--back:#fff;--raised:#f6f7f9;--accent:#0b5cad;--good:#12703a;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e4e7ee;--soft:#9aa4b5;--line:#2d3442;--back:#12151c;--raised:#1a1f29;--accent:#7ab7ff;--good:#6fd39a;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main,header{max-width:62rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .35rem;letter-spacing:-.01em}
h2{font-size:1.45rem;margin:0 0 .35rem;line-height:1.25}
h3{font-size:1rem;margin:1.75rem 0 .6rem}
p{margin:.35rem 0 .9rem}
a{color:var(--accent)}
.soft{color:var(--soft)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;margin:1rem 0 0;padding:0}
section.model{border-top:1px solid var(--line);padding:2.25rem 0 1.75rem;margin-top:2.25rem}
code,pre,textarea,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
pre,textarea{background:var(--raised);border:1px solid var(--line);border-radius:8px;padding:.85rem 1rem;margin:0;overflow-x:auto;line-height:1.5;color:inherit}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
pre code{font-size:1em}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.25rem;margin:.9rem 0 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.925rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .85rem;border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}
th{font-weight:600;color:var(--soft);background:var(--raised);white-space:nowrap}
td:first-child,td:nth-child(2){white-space:nowrap}
.must{font-weight:600}
textarea{width:100%;min-height:16rem;resize:vertical;display:block}
button{font:inherit;font-weight:600;color:var(--back);background:var(--accent);border:0;border-radius:8px;padding:.5rem 1.1rem;margin:.7rem 0;cursor:pointer}
button:focus-visible,textarea:focus-visible,input:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
form label{display:block;margin:.2rem 0 .4rem}
input{font:inherit;width:100%;max-width:26rem;padding:.4rem .6rem;border:1px solid var(--line);border-radius:8px;background:var(--raised);color:inherit}
output{display:block}
output[data-state=good] pre{border-color:var(--good)}
output[data-state=bad] pre{border-color:var(--bad)}
footer{border-top:1px solid var(--line);margin-top:2rem;padding:1.25rem 0 3rem;color:var(--soft);font-size:.9rem}
@media(max-width:34rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}header{padding-top:1.5rem}}
`;

/** Sends the row of a form, and shows the answer under it. Without JavaScript there is the curl command. */
export const script = `
for(const form of document.querySelectorAll('form[data-path]')){
form.hidden=false;
const out=form.querySelector('output');
form.addEventListener('submit',async(event)=>{
event.preventDefault();
const headers={'content-type':'application/json'};
const key=form.querySelector('input')?.value;
if(key)headers.authorization='Bearer '+key;
let text,good=false;
try{const answer=await fetch(form.dataset.path,{method:'POST',headers,body:form.querySelector('textarea').value});good=answer.ok;text=answer.status+' '+answer.statusText+'\\n'+await answer.text().then((body)=>{try{return JSON.stringify(JSON.parse(body),null,2)}catch{return body}})}catch(error){text=String(error)}
const pre=document.createElement('pre');pre.textContent=text;out.replaceChildren(pre);out.dataset.state=good?'good':'bad';
});}
`;
