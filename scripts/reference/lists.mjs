import { readdirSync, readFileSync } from 'node:fs';

const docs = new URL('../../docs/', import.meta.url);

/** Every code of `docs/errors/*.md` with its meaning and page, in alphabetical order. */
export function errorCodes() {
  const rows = readdirSync(new URL('errors/', docs))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .flatMap((file) => {
      const text = readFileSync(new URL(`errors/${file}`, docs), 'utf8');
      return [...text.matchAll(/^\| `([a-z0-9-]+)` \| ((?:\\\||[^|])*) \|/gm)].map(([, code, meaning]) => ({
        code,
        row: `| [\`${code}\`](${file}) | ${meaning} |`,
      }));
    })
    .sort((a, b) => (a.code < b.code ? -1 : 1));
  return ['| code | what it means |', '| --- | --- |', ...rows.map(({ row }) => row)].join('\n');
}

/** The decisions by their number, with their titles and what they decide, in a sentence. */
export function decisions() {
  const rows = readdirSync(new URL('decisions/', docs))
    .filter((file) => /^\d{4}-.*\.md$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(`decisions/${file}`, docs), 'utf8');
      const title = /^# \d+\. (.+)$/m.exec(text)?.[1];
      const status = /^## Status\n+(.+)$/m.exec(text)?.[1];
      if (title === undefined || status === undefined)
        throw new Error(`docs/decisions/${file} has no title or no status`);
      return `| ${Number(file.slice(0, 4))} | [${title}](${file}) | ${status.replace(/\.$/, '').toLowerCase()} |`;
    });
  return ['| | decision | status |', '| --- | --- | --- |', ...rows].join('\n');
}
