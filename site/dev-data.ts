import { createReadStream, lstatSync, readFileSync, watchFile } from 'node:fs';
import { join, sep } from 'node:path';
import type { UserConfig } from 'vitepress';
import type { ShellConfig } from '../src/site/shell/lay-out.ts';
import { stampName, stampPath } from './stamp.ts';

type Plugin = Exclude<NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number], readonly unknown[]>;

/**
 * In `site dev`: `data/` as it is at this moment, folders of pages by their names, and pages that are read again when data
 * has changed.
 *
 * @param pages files that pages are made of, below the folder that VitePress works in
 */
export function devData(
  { data, reload }: NonNullable<ShellConfig['dev']>,
  base: string,
  pages: readonly string[],
): Plugin {
  const folders = new Set(
    pages.filter((page) => page.endsWith('/index.md')).map((page) => page.slice(0, -'/index.md'.length)),
  );
  let stamp = stampIn(reload);
  return {
    name: 'trainyard-data',
    transformIndexHtml: () => [{ tag: 'meta', attrs: { name: stampName, content: stamp } }],
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (!isThisMachine(request.headers.host ?? '')) {
          response.statusCode = 403;
          return void response.end();
        }
        const [path = '/', question] = (request.url ?? '/').split('?', 2);
        // As hosts of files do.
        if (path.startsWith(base) && folders.has(decoded(path.slice(base.length)) ?? '')) {
          response.setHeader('location', `${path}/${question === undefined ? '' : `?${question}`}`);
          response.statusCode = 302;
          return void response.end();
        }
        if (path === base + stampPath) {
          response.setHeader('cache-control', 'no-store');
          return void response.end(stamp);
        }
        if (!path.startsWith(`${base}data/`)) return next();
        const file = join(data, decoded(path.slice(`${base}data/`.length)) ?? '');
        const isThere = file.startsWith(data + sep) && isFile(file);
        response.setHeader('cache-control', 'no-store');
        response.setHeader('content-type', typeOf(file));
        response.statusCode = isThere ? 200 : 404;
        if (!isThere) return void response.end();
        // A file that is exchanged between the question and the answer is no reason to end.
        const bytes = createReadStream(file).on('error', () => response.destroy());
        response.on('close', () => bytes.destroy());
        bytes.pipe(response);
      });
      watchFile(reload, { interval: 200 }, () => {
        // Whether or not Vite has noticed by now that a page was written.
        for (const one of server.moduleGraph.idToModuleMap.values()) {
          if (one.file?.endsWith('.md')) server.moduleGraph.invalidateModule(one);
        }
        stamp = stampIn(reload);
      });
    },
  };
}

/** When what pages show was last written, as the file of that says; empty before. */
function stampIn(file: string): string {
  return isFile(file) ? readFileSync(file, 'utf8') : '';
}

/**
 * Whether a request names this machine: a page of another host whose name is suddenly that of this machine could read all
 * of it else. Vite asks the same, but later.
 */
export function isThisMachine(host: string): boolean {
  return /^(127\.0\.0\.1|\[::1\]|([\w-]+\.)*localhost)(:\d+)?$/i.test(host);
}

/** `undefined` for what is no path of a file. */
function decoded(path: string): string | undefined {
  try {
    const text = decodeURIComponent(path);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function isFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function typeOf(file: string): string {
  if (/\.m?js$/.test(file)) return 'text/javascript';
  if (file.endsWith('.json')) return 'application/json';
  return file.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
}
