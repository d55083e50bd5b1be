import { makeZip } from '../github/fake/index.ts';
import type { Handed } from './hostile-rig.ts';
import { honest } from './hostile-rig.ts';

/*
 * The attacks on the workflow that comments for forks: what is handed over, and what has to come of it.
 */

const json = (change: (report: Record<string, unknown>) => void): string => {
  const copy = structuredClone(honest) as unknown as Record<string, unknown>;
  change(copy);
  return JSON.stringify(copy);
};
const text = JSON.stringify(honest);
/** The honest report with a piece of its JSON in place of another, which has to be there. */
const changed = (before: string, after: string): string => {
  if (!text.includes(before)) throw new Error(`The report has no ${before}`);
  return text.replace(before, () => after);
};
const file = (bytes: Uint8Array | string, name = 'report.json') => ({ name, bytes: Buffer.from(bytes) });
const huge = Buffer.alloc(10_000_000, 0x20);

/** What somebody who owns a fork hands over, and the code with which it is refused; nothing is commented then. */
export const refused: readonly (readonly [attack: string, handed: Handed, code: string])[] = [
  // The ZIP around the report.
  ['a file that is no ZIP', { zip: Buffer.from('<html>') }, 'github-artifact-broken'],
  ['an empty file', { zip: Buffer.alloc(0) }, 'github-artifact-broken'],
  [
    'a ZIP that ends in the middle',
    { zip: makeZip([file(text)]).subarray(0, 300) },
    'github-artifact-broken',
  ],
  ['a ZIP without entries', { entries: [] }, 'github-artifact-broken'],
  ['a bomb: 10 MB of spaces in 10 kB', { bytes: huge }, 'github-too-large'],
  [
    'a bomb that says it is small',
    { entries: [{ ...file(huge), claimedSize: 100 }] },
    'github-artifact-broken',
  ],
  ['10 MB that do not compress', { zip: Buffer.alloc(10_000_000, 7) }, 'github-too-large'],
  ['two entries', { entries: [file(text), file(text, 'more.json')] }, 'github-artifact-broken'],
  ['two entries of the same name', { entries: [file(text), file('{}')] }, 'github-artifact-broken'],
  [
    'a thousand entries',
    { entries: Array.from({ length: 1_000 }, (_, i) => file('{}', `${i}.json`)) },
    'github-artifact-broken',
  ],
  ['an entry of another name', { entries: [file(text, 'Report.json')] }, 'github-artifact-broken'],
  ['an entry in a folder', { entries: [file(text, 'a/report.json')] }, 'github-artifact-broken'],
  ['a path out of the folder', { entries: [file(text, '../../report.json')] }, 'github-artifact-broken'],
  ['a path from the root', { entries: [file(text, '/report.json')] }, 'github-artifact-broken'],
  ['a path of Windows', { entries: [file(text, '..\\report.json')] }, 'github-artifact-broken'],
  ['a symbolic link', { zip: linkZip('/proc/self/environ') }, 'github-artifact-broken'],
  ['an encrypted entry', { entries: [{ ...file(text), encrypted: true }] }, 'github-artifact-broken'],
  ['a checksum that is wrong', { entries: [{ ...file(text), claimedCrc: 1 }] }, 'github-artifact-broken'],
  // The bytes of the report.
  ['an empty report', { bytes: '' }, 'report-pull-not-json'],
  ['a report of 1,000,001 bytes', { bytes: text.padEnd(1_000_001) }, 'github-too-large'],
  ['100,000 brackets', { bytes: '['.repeat(100_000) }, 'report-pull-too-deep'],
  ['17 levels in a member', { bytes: json((of) => (of['x'] = deep(17))) }, 'report-pull-too-deep'],
  ['brackets that close before they open', { bytes: `]]]]${'['.repeat(30)}` }, 'report-pull-too-deep'],
  ['a byte that is no UTF-8', { bytes: Buffer.from([0x7b, 0xff, 0x7d]) }, 'report-pull-not-json'],
  ['an overlong slash', { bytes: Buffer.from([0x22, 0xc0, 0xaf, 0x22]) }, 'report-pull-not-json'],
  ['UTF-16', { bytes: Buffer.from(`\ufeff${text}`, 'utf16le') }, 'report-pull-not-json'],
  ['NaN', { bytes: changed('"rows":12', '"rows":NaN') }, 'report-pull-not-json'],
  ['Infinity', { bytes: changed('"rows":12', '"rows":Infinity') }, 'report-pull-not-json'],
  ['two reports', { bytes: `${text}${text}` }, 'report-pull-not-json'],
  ['a comment', { bytes: `${text} // x` }, 'report-pull-not-json'],
  // What the report says.
  ['"NaN" as a number', { bytes: changed('"rows":12', '"rows":"NaN"') }, 'report-pull-invalid'],
  [
    'a number that JSON makes infinite',
    { bytes: changed('"psi":0.31', '"psi":1e999') },
    'report-pull-invalid',
  ],
  ['a count that is negative', { bytes: changed('"rows":12', '"rows":-1') }, 'report-pull-invalid'],
  ['a count that is no whole number', { bytes: changed('"rows":12', '"rows":1.5') }, 'report-pull-invalid'],
  [
    'a count above all that can be counted',
    { bytes: changed('"rows":12', '"rows":1e300') },
    'report-pull-invalid',
  ],
  [
    '__proto__ as a member',
    { bytes: changed('{"version"', '{"__proto__":{"polluted":1},"version"') },
    'report-pull-invalid',
  ],
  [
    'constructor as a member',
    { bytes: changed('{"version"', '{"constructor":{},"version"') },
    'report-pull-invalid',
  ],
  [
    'a member twice, the second one wrong',
    {
      bytes: changed('{"version"', '{"changed":1,"version":2,"version"').replace(
        '"changed":true',
        '"changed":9',
      ),
    },
    'report-pull-invalid',
  ],
  ['the number of another pull request', { bytes: json((of) => (of['pull'] = 1)) }, 'report-pull-invalid'],
  ['another repository', { bytes: json((of) => (of['repository'] = 'octo/other')) }, 'report-pull-invalid'],
  ['a body of its own', { bytes: json((of) => (of['body'] = '# Approved')) }, 'report-pull-invalid'],
  ['an address', { bytes: json((of) => (of['site'] = 'https://evil.example')) }, 'report-pull-invalid'],
  [
    'a later version of the format',
    { bytes: changed('"version":1', '"version":2') },
    'report-pull-version-unsupported',
  ],
  [
    'a verdict that there is not',
    { bytes: changed('"verdict":"pass"', '"verdict":"PASS ✅"') },
    'report-pull-invalid',
  ],
  [
    'a commit that is an option',
    { bytes: changed(`"commit":"${'b'.repeat(40)}"`, '"commit":"--upload-pack=x"') },
    'report-pull-invalid',
  ],
  [
    '301 steps',
    { bytes: json((of) => (of['steps'] = Array(301).fill(honest.steps[0]))) },
    'report-pull-invalid',
  ],
  ['a ring of steps', { bytes: changed('"needs":[0]', '"needs":[1]') }, 'report-pull-invalid'],
  [
    'a text of 601 characters',
    { bytes: json((of) => (of['notes'] = ['x'.repeat(601)])) },
    'report-pull-invalid',
  ],
  ['the name of another pipeline', { report: { ...honest, pipeline: 'churn' } }, 'actions-report-of-another'],
  [
    'a pipeline with a way out of its marker',
    { report: { ...honest, pipeline: 'x -->' } },
    'report-pull-invalid',
  ],
];

/** Texts that are shown, as words and nothing else. */
export const harmless: readonly (readonly [what: string, said: string])[] = [
  ['HTML', '<img src="https://evil.example/x.png" onerror=alert(1)><script>x</script>'],
  ['<details> that stays open', '<details open><summary>pass</summary>'],
  ['ends of elements', '</td></tr></table></details></summary></code></pre>'],
  ['the marker of another comment', '<!-- trainyard:report pipeline=other -->'],
  ['an end of the marker', '--> <b>x</b> <!--'],
  ['a mention of somebody', '@octocat @octo-org/release-managers'],
  ['references to issues', 'fixes #1, closes GH-1, octo/hearts#1'],
  ['a commit', 'see 0a2a071a302761fb4b556afc67f982b39dbaaf16'],
  ['addresses', 'https://evil.example www.evil.example ftp://evil.example'],
  ['addresses of mail', 'mallory@evil.example mailto:mallory@evil.example xmpp:m@evil.example'],
  ['a link and an image', '[pass](https://evil.example) ![x](https://evil.example/x.png)'],
  ['a definition of a link', '\n\n[pass]: https://evil.example "x"\n'],
  ['a footnote', '[^1]\n\n[^1]: https://evil.example'],
  ['the end of a table', 'a | b |\n\n# pass\n\n| --- | --- |'],
  ['line breaks of every kind', 'a\r\n# b\u2028# c\u2029# d\u0085# e\v# f'],
  ['fences', '```\n# out\n~~~\n````mermaid\n'],
  ['a quotation that looks like a note', '\n> [!NOTE]\n> **pass**\n'],
  ['a heading with a verdict', '\n### ✅ heart-disease: pass\n'],
  ['a word that vouches for itself', '**Verified** by trainyard ✅'],
  ['text that runs backwards', '\u202essap\u202c \u2066x\u2069'],
  ['letters that nobody sees', 'p\u200ba\u200ds\u00ads\ufeff\u3164\u2800'],
  ['colours of terminals', '\u001b[32mpass\u001b[0m \u009b31m \u0007'],
  ['commands of the runner', '::error::x\n::set-output name=verdict::pass\n##[add-path]/tmp'],
  ['a click in a diagram', 'x"]\nclick n0 href "javascript:alert(1)"\nn9["'],
  ['directives of a diagram', '%%{init: {"securityLevel": "loose", "themeCSS": "*{}"}}%%'],
  ['statements of a diagram', 'end; subgraph x; style n0 fill:#000; classDef a'],
  ['a picture in a diagram', 'n0@{ img: "https://evil.example/x.png" }'],
  ['a formula', '$$\\href{https://evil.example}{x}$$ $`x`$'],
  ['a picture by its name', ':shipit: :white_check_mark:'],
  ['entities', '&lt;b&gt; &#64;octocat &commat;octocat &colon;//evil.example'],
  ['placeholders of the workflow', '${{ secrets.GITHUB_TOKEN }} ${process.env.X} $(id)'],
  ['half a character', '\ud800 \udfff'],
];

function deep(levels: number): unknown {
  return levels === 0 ? 0 : [deep(levels - 1)];
}

/** A ZIP whose only entry is a symbolic link. */
function linkZip(target: string): Uint8Array {
  const zip = Buffer.from(makeZip([file(target)]));
  const directory = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  zip.writeUInt32LE((0o120777 << 16) >>> 0, directory + 38);
  return zip;
}
