import { createHash } from 'node:crypto';
import type { ColumnContract } from '../../contract/index.ts';
import type { Fleet, ServedModel } from '../fleet.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { rulesOf, typeName } from './rules.ts';
import { script, style } from './style.ts';

export interface PageOptions {
  readonly serverVersion: string;
  /** Whether callers have to say who they are. */
  readonly hasAccess: boolean;
}

/** Stands for the server in commands. */
export const exampleOrigin = 'http://localhost:8080';

/** Nothing is loaded from anywhere, and nothing runs but the page's own script. */
export const contentPolicy: string = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(script)}'`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The page for people: what is served, what it takes, and how to ask it. */
export function docsPage(fleet: Fleet, options: PageOptions): string {
  const models = fleet.models();
  const title = models.length === 1 ? models[0]!.name : 'Models';
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · predictions</title>
`;
  const body = html`</head>
<body>
<header>
<h1>Predictions</h1>
<p class="soft">${
    models.length === 0
      ? 'No model is served at the moment.'
      : `${models.length} ${models.length === 1 ? 'model answers' : 'models answer'} here, by the contract of ${models.length === 1 ? 'its' : 'their'} data.`
  } For programs: <a href="/openapi.json">openapi.json</a>. Health: <a href="/health/ready">ready</a>.</p>
${models.length < 2 ? undefined : html`<nav aria-label="Models"><ul>${models.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}</ul></nav>`}
</header>
<main>
${models.map((model) => modelSection(model, options))}
${answersSection()}
<footer>Trainyard ${options.serverVersion}</footer>
</main>
`;
  return `${page.text}<style>${style}</style>\n${body.text}<script>${script}</script>\n</body>\n</html>\n`;
}

function modelSection(model: ServedModel, { hasAccess }: PageOptions): Html {
  const { served } = model;
  const { manifest, info } = served.engine.servable;
  const { lineage, digest, golden, columns } = manifest;
  const path = `/predict/${encodeURIComponent(model.name)}`;
  const row = JSON.stringify(golden[0]?.row ?? {}, null, 2);
  const gives =
    info.task === 'regression'
      ? `a number${lineage.target === undefined ? '' : `, ${lineage.target}`}`
      : `${lineage.target ?? 'a class'}: one of ${info.classes.join(', ')}, with probabilities`;
  const others = [...model.versions.keys()].filter((name) => name !== served.name);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Version', served.name],
    ['Gives', gives],
    ['Run', lineage.run],
    ['Commit', lineage.commit],
    [
      'Contract',
      lineage.contract === undefined ? undefined : `${lineage.contract.id} ${lineage.contract.version}`,
    ],
    ['Model', digest],
    ['Other versions', others.length === 0 ? undefined : others.join(', ')],
  ];
  return html`<section class="model" id="${model.name}">
<h2>${model.name} <span class="soft">${served.name}</span></h2>
<dl>${facts.map(([name, value]) => (value === undefined ? undefined : html`<dt>${name}</dt><dd>${name === 'Gives' ? value : html`<span class="mono">${value}</span>`}</dd>`))}</dl>
<h3>Ask it</h3>
<pre><code>${curl(path, golden[0]?.row ?? {}, hasAccess)}</code></pre>
${
  golden[0] === undefined
    ? undefined
    : html`<h3>It answers</h3>
<pre><code>${exampleAnswer(model)}</code></pre>`
}
<form data-path="${path}" hidden>
<h3>Try a row</h3>
${hasAccess ? html`<label>Key or token <input type="password" autocomplete="off"></label>` : undefined}
<label class="soft" for="row-${model.name}">One object is a row; an array of them, many.</label>
<textarea id="row-${model.name}" spellcheck="false">${row}</textarea>
<button type="submit">Predict</button>
<output aria-live="polite"></output>
</form>
<h3>Columns</h3>
<div class="wide"><table>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Rules</th><th scope="col">Meaning</th></tr></thead>
<tbody>${columns.map(columnRow)}</tbody>
</table></div>
</section>`;
}

function columnRow(column: ColumnContract): Html {
  const rules = rulesOf(column);
  return html`<tr><td class="mono">${column.name}</td><td>${typeName(column)}</td><td>${
    column.required ? html`<span class="must">required</span>${rules === '' ? '' : ', '}` : undefined
  }${rules === '' && !column.required ? html`<span class="soft">may be missing</span>` : rules}</td><td>${column.description}${
    column.unit === undefined ? undefined : html` <span class="soft">(${column.unit})</span>`
  }</td></tr>`;
}

/** Ready to paste into a shell. */
function curl(path: string, row: object, hasAccess: boolean): string {
  const body = JSON.stringify(row).replaceAll("'", "'\\''");
  const key = hasAccess ? " \\\n  -H 'authorization: Bearer <key>'" : '';
  return `curl ${exampleOrigin}${path}${key} \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

function exampleAnswer({ served }: ServedModel): string {
  const { model, modelVersion, lineage, golden } = served.engine.servable.manifest;
  const { run, commit } = lineage;
  const head = { model, version: modelVersion, run, commit, request: 'w5nKq3-1f' };
  return JSON.stringify({ ...head, prediction: golden[0]!.answer }, null, 2);
}

function answersSection(): Html {
  return html`<section class="model" id="failures">
<h2>When something is wrong</h2>
<p>The status tells who has to act, <code>error.code</code> what it is, and <code>error.problems</code> names row, column and
rule. Values are never repeated. Ask again after <code>Retry-After</code> seconds on 429 and 503.</p>
<pre><code>${JSON.stringify(
    {
      error: {
        code: 'serve-row-invalid',
        message: 'age of row 0: expected a number',
        problems: [{ rule: 'type', column: 'age', expected: 'a number', row: 0 }],
      },
      request: 'w5nKq3-1g',
    },
    null,
    2,
  )}</code></pre>
</section>`;
}
