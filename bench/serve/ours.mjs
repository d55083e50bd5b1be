import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startServer } from './processes.mjs';

const file = fileURLToPath(new URL('../../dist/serve/main.js', import.meta.url));

/** A folder with one servable a name, all of the same model. */
export function copies(root, servable, names) {
  const folder = join(root, `copies-${names.length}-${names[0]}`);
  for (const name of names) {
    const to = join(folder, name);
    mkdirSync(to, { recursive: true });
    cpSync(servable, to, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(to, 'model.json'), 'utf8'));
    writeFileSync(join(to, 'model.json'), JSON.stringify({ ...manifest, model: name }));
  }
  return folder;
}

/** Our server as an image runs it: one process, everything on (checks, metrics, ids), the log as the settings say. */
export async function startOurs({ plan, model, body, settings = {}, script = file }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/predict/${model}`;
  const server = await startServer({
    command: process.execPath,
    args: [script],
    env: { TRAINYARD_PLAN: plan, HOST: '127.0.0.1', PORT: String(port), ...settings },
    url,
    body,
    headers: { 'content-type': 'application/json' },
  });
  return { ...server, url, origin: `http://127.0.0.1:${port}` };
}
