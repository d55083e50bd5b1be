import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A copy of a repository with runs, and with pages of its own that everything is tried in. */
export interface Handbook extends AsyncDisposable {
  readonly project: string;
  /** Where its site goes. */
  readonly out: string;
  write(path: string, text: string | Uint8Array): Promise<void>;
  /** Every file of the site with its text, by path; of `data/` none. */
  pages(): Promise<ReadonlyMap<string, string>>;
}

const script = (how: string): string => `window.hacked = '${how}'`;

const hostile = `---
title: The <b>handbook</b> {{ 1 + 1 }}
layout: false
head:
  - [script, {}, "${script('head')}"]
---
# The handbook

{{ 7 * 7 }} stays text, also \`{{ 8 * 8 }}\`, <stage> and <script>${script('inline')}</script>.

<script>${script('block')}</script>

<script setup>
${script('setup')}
</script>

<style>body { display: none }</style>

<RunPage />

<div onclick="${script('click')}" v-html="1" :title="${script('bind')}">in a div</div>

<details><summary>Folded</summary>

- text with <kbd>Ctrl</kbd> and H<sub>2</sub>O <b>that nobody closed

</details>

[script](javascript:alert(1)) [data](data:text/html,x) <a href="javascript:alert(1)">raw</a>

![ours](pictures/one.svg) ![theirs](https://example.org/x.png) <img src="//example.org/y.png" alt="theirs too" onerror="${script('img')}">

<picture><source media="(prefers-color-scheme: dark)" srcset="pictures/one.svg"><img alt="two" src="pictures/one.svg"></picture>

[the guide](guide.md#fast--safe) and [the pipeline](../pipelines/heart-disease/pipeline.yaml) and [parts](parts/)

::: tip <img src=//example.org/z.png onerror="${script('container')}">
no container
:::

> [!NOTE] <img src=//example.org/z.png onerror="${script('alert')}">
> A note.

<<< ../trainyard.yaml

<!--@include: ../trainyard.yaml-->

\`\`\`js-vue{1} <b>
const a = '{{ 1 }}';
\`\`\`

\`\`\`<img/src=x/onerror=alert(1)>
code
\`\`\`

## A <img src=//example.org/z.png onerror="${script('heading')}"> heading {onclick="${script('attribute')}"}
`;

const guide = '# Guide: `a < b` & more\n\n## Fast & safe\n\nThe word quagga stands here. {{ quagga }}\n';

const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20"/></svg>';

export async function openHandbook(demo: string): Promise<Handbook> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-handbook-'));
  const project = join(folder, 'yard');
  const out = join(folder, 'site');
  await cp(demo, project, { recursive: true });
  const write = async (path: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  };
  const settings = await readFile(join(project, 'trainyard.yaml'), 'utf8');
  await write(
    'trainyard.yaml',
    `${settings.replace(/^site:.*\n( .*\n)*/m, '')}site: { title: "Heart <i>yard</i>", pages: handbook, repository: "https://github.com/owner/name" }\n`,
  );
  await write('handbook/README.md', hostile);
  await write('handbook/guide.md', guide);
  await write('handbook/parts/one.md', '# One\n\n[up](../guide.md)\n');
  await write('handbook/pictures/one.svg', picture);
  return {
    project,
    out,
    write,
    pages: async () => {
      const entries = await readdir(out, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const ours = files.filter((file) => !file.startsWith(join(out, 'data'))).sort();
      return new Map(
        await Promise.all(
          ours.map(async (file) => [file.slice(out.length + 1), await readFile(file, 'utf8')] as const),
        ),
      );
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
