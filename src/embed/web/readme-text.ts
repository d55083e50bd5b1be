import type { ServableManifest } from '../../servable/index.ts';
import { fileName, typeName } from './names.ts';

export interface ReadmeFacts {
  readonly manifest: ServableManifest;
  readonly onnxRuntime: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly integrity: string }[];
}

/** How the folder is used, for somebody who found it. */
export function readmeText({ manifest, onnxRuntime, files }: ReadmeFacts): string {
  const { model, modelVersion, digest, lineage, golden } = manifest;
  const name = fileName(model);
  const row = golden[0]?.row ?? {};
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const lineages = Object.entries({
    run: lineage.run,
    commit: lineage.commit,
    contract: lineage.contract?.digest,
  });
  return `# ${model} ${modelVersion} for the browser

The model, ONNX Runtime ${onnxRuntime} and a typed module. Everything is in this folder: nothing is asked of another server, and no
row leaves the page. Answers are those of the server, to the rounding of the last digits.

\`\`\`js
import { predict } from './${name}.js';

const answer = await predict(${JSON.stringify(row)});
\`\`\`

\`load()\` gives the model with \`check(row)\`, \`predict(row)\`, \`predictMany(rows)\` and \`close()\`. A row that breaks the contract
is refused with an \`InvalidRowError\`, whose \`problems\` are those of the server. Types (\`${typeName(model)}Row\`) are in
\`${name}.d.ts\`.

Serve the folder as it is, \`.wasm\` as \`application/wasm\`, compressed where you can. This policy is enough, and nothing is
evaluated from text:

    Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'

\`index.html\` is an example: \`npx http-server .\`, or any other server of files.

| | |
| --- | --- |
| model | \`${digest}\` |
${lineages
  .filter(([, value]) => value !== undefined)
  .map(([key, value]) => `| ${key} | \`${value}\` |`)
  .join('\n')}

${files.length} files, ${(total / 1e6).toFixed(1)} MB. Their digests, as browsers take them (\`integrity="..."\`), are in \`integrity.json\`:

| file | bytes |
| --- | --- |
${files.map(({ path, bytes }) => `| \`${path}\` | ${bytes} |`).join('\n')}
`;
}

/** For a page that pins what it loads. */
export function integrityText(files: ReadmeFacts['files']): string {
  const integrity = Object.fromEntries(files.map(({ path, integrity: digest }) => [path, digest]));
  return `${JSON.stringify(integrity, null, 2)}\n`;
}
