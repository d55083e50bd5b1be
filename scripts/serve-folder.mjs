import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** Serves a folder on this machine alone, as any host of static files would; the address that it answers at. */
export async function serveFolder(folder, { base, port }) {
  const server = createServer((request, response) => {
    const name = path.posix.normalize(decodeURI(new URL(request.url, 'http://site').pathname));
    const file = name.startsWith(base)
      ? path.join(folder, name.slice(base.length), name.endsWith('/') ? 'index.html' : '')
      : undefined;
    const isFile = file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    const shown = isFile ? file : path.join(folder, '404.html');
    response.writeHead(isFile ? 200 : 404, {
      'content-type': types[path.extname(shown)] ?? 'application/octet-stream',
      'cache-control': 'no-cache',
    });
    createReadStream(shown)
      .on('error', () => response.end())
      .pipe(response);
  });
  const listen = (wanted) =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(port).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return listen(0);
  });
  return `http://127.0.0.1:${server.address().port}${base}`;
}
