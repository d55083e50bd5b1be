import type { ColumnContract } from '../../contract/index.ts';
import type { Row, ServableManifest } from '../../servable/index.ts';
import { fileName, literal } from './names.ts';

type Value = string | number | boolean;

/** A page with a form for one row: what the bundle can do, and where to look how. */
export function examplePage(
  { model, modelVersion, digest, columns, golden }: ServableManifest,
  /** Columns that the model reads. */
  read: ReadonlySet<string>,
): string {
  const row = golden[0]?.row ?? {};
  const asked = columns.filter(({ name, required }) => required || read.has(name));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'">
    <title>${html(model)} ${html(modelVersion)}</title>
    <link rel="stylesheet" href="example.css">
    <script type="module" src="example.js"></script>
  </head>
  <body>
    <main>
      <header>
        <h1>${html(model)}</h1>
        <p>${html(modelVersion)} <code>${html(digest.slice('sha256:'.length, 'sha256:'.length + 12))}</code></p>
      </header>
      <form>
        <fieldset>
          <legend>What is known</legend>
${asked.map((column) => field(column, row)).join('\n')}
        </fieldset>
        <button type="submit">Predict</button>
      </form>
      <output aria-live="polite"></output>
      <footer>The model answers in this page: nothing is sent anywhere.</footer>
    </main>
  </body>
</html>
`;
}

function field(column: ColumnContract, row: Row): string {
  const { name, type, description, required } = column;
  const value = row[name] ?? undefined;
  const id = `field-${name}`;
  const hint = [
    ...(description === undefined ? [] : [description]),
    ...(column.unit === undefined ? [] : [`Unit: ${column.unit}.`]),
  ].join(' ');
  const hintId = `${id}-hint`;
  const described = hint === '' ? '' : ` aria-describedby="${html(hintId)}"`;
  const control = controlOf(column, `id="${html(id)}"${described}`, value);
  return `          <div class="field" data-column="${html(name)}" data-type="${type}">
            <label for="${html(id)}">${html(name)}${required ? '' : ' <span>optional</span>'}</label>
            ${control}
            ${hint === '' ? '' : `<small id="${html(hintId)}">${html(hint)}</small>`}
          </div>`;
}

function controlOf(column: ColumnContract, identified: string, value: Value | undefined): string {
  const { name, type, required, enum: allowed } = column;
  const attributes = `${identified} name="${html(name)}"`;
  const choices = allowed ?? (type === 'boolean' ? [true, false] : undefined);
  if (choices !== undefined) {
    const options = [
      ...(required ? [] : [`<option value=""${value === undefined ? ' selected' : ''}>not known</option>`]),
      ...choices.map(
        (choice) =>
          `<option value="${html(JSON.stringify(choice))}"${choice === value ? ' selected' : ''}>${html(String(choice))}</option>`,
      ),
    ];
    return `<select ${attributes}>${options.join('')}</select>`;
  }
  const shown = value === undefined ? '' : ` value="${html(String(rounded(value)))}"`;
  if (type === 'integer' || type === 'number') {
    const bounds = [
      ...(column.minimum === undefined ? [] : [` min="${column.minimum}"`]),
      ...(column.maximum === undefined ? [] : [` max="${column.maximum}"`]),
    ].join('');
    return `<input ${attributes} type="number" step="${type === 'integer' ? (column.multipleOf ?? 1) : 'any'}"${bounds}${shown}>`;
  }
  return `<input ${attributes} type="${type === 'date' ? 'date' : 'text'}"${shown}>`;
}

function rounded(value: Value): Value {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

/** The script of the page: reads the form, asks, shows. */
export function exampleScript({ model, lineage }: ServableManifest): string {
  return `import { InvalidRowError, load } from './${fileName(model)}.js';

const form = document.querySelector('form');
const output = document.querySelector('output');
const asked = ${literal(lineage.target ?? 'answer')};
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
`;
}

export const exampleStyle = `:root {
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
`;

function html(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
