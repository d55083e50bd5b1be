import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `data/pages.json`: of what the pages were made, and which files they are. */
export interface PagesState {
  readonly version: 1;
  /** Empty while files are being exchanged. */
  readonly digest: string;
  /** Below the folder of the site. */
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

export async function readPagesState(out: string): Promise<PagesState | undefined> {
  try {
    const state = JSON.parse(await readFile(join(out, 'data/pages.json'), 'utf8')) as Partial<PagesState>;
    const files = (Array.isArray(state.files) ? state.files : []).filter(isBelow);
    return { version: 1, digest: state.digest ?? '', files, notes: state.notes ?? [] };
  } catch {
    return undefined;
  }
}

export async function writePagesState(out: string, state: PagesState): Promise<void> {
  await mkdir(join(out, 'data'), { recursive: true });
  const own = join(out, `data/pages.json.${randomUUID()}`);
  await writeFile(own, JSON.stringify(state));
  await rename(own, join(out, 'data/pages.json'));
}

export async function hasPages(out: string, { files }: PagesState): Promise<boolean> {
  const found = files.map((file) =>
    stat(join(out, file)).then(
      (about) => about.isFile(),
      () => false,
    ),
  );
  return files.length > 0 && (await Promise.all(found)).every(Boolean);
}

/** What it names is removed later: nothing outside of the site, whoever wrote the file. */
function isBelow(file: unknown): boolean {
  return typeof file === 'string' && !/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|^data[/\\]/.test(file);
}
