import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DatasetSpec, PrepareOptions } from '../../src/data/index.ts';
import { prepareDataset, readParquetTable } from '../../src/data/index.ts';
import type { Table } from '../../src/sql/index.ts';
import { openSession } from '../../src/sql/index.ts';

export type Prepared = Awaited<ReturnType<typeof prepareDataset>>;

/** A repository of its own in a temporary folder. */
export class PrepareRig implements AsyncDisposable {
  readonly top: string;
  readonly root: string;
  #outs = 0;
  /** Of the last preparation. */
  out = '';

  private constructor(top: string) {
    this.top = top;
    this.root = join(top, 'repo');
  }

  static async open(files: Readonly<Record<string, string>> = {}): Promise<PrepareRig> {
    const rig = new PrepareRig(await mkdtemp(join(tmpdir(), 'prepare-')));
    await mkdir(rig.root);
    for (const [path, text] of Object.entries(files)) await rig.write(path, text);
    return rig;
  }

  async write(path: string, text: string | Uint8Array): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Writes a query's rows as Parquet. */
  async writeParquet(path: string, query: string): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await using session = await openSession({ allowedPaths: [file] });
    await session.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
  }

  async prepare(
    dataset: Omit<Partial<DatasetSpec>, 'split'> & { split?: Partial<DatasetSpec['split']> } = {},
    options: Partial<PrepareOptions> = {},
  ): Promise<Prepared> {
    this.out = join(this.top, `out-${this.#outs++}`);
    await mkdir(this.out);
    const spec: DatasetSpec = {
      name: 'rows',
      path: join(this.root, 'data.csv'),
      format: 'csv',
      delimiter: ',',
      key: ['id'],
      ...dataset,
      split: { test: 0.25, salt: '', ...dataset.split },
    };
    return prepareDataset({ dataset: spec, root: this.root, out: this.out, threads: 2, ...options });
  }

  read(name: string): Promise<string> {
    return readFile(join(this.out, name), 'utf8');
  }

  async digest(name: string): Promise<string> {
    return createHash('sha256')
      .update(await readFile(join(this.out, name)))
      .digest('hex');
  }

  async table(name: string): Promise<Table> {
    const file = join(this.out, name);
    await using session = await openSession({ allowedPaths: [file] });
    return await readParquetTable(session, file);
  }

  async ids(name: string): Promise<readonly (string | number | null)[]> {
    return [...(await this.table(name)).columns.get('id')!.values];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.top, { recursive: true });
  }
}

export function value(prepared: Prepared): Extract<Prepared, { ok: true }>['value'] {
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.failure));
  return prepared.value;
}

export function failures(prepared: Prepared): Extract<Prepared, { ok: false }>['failure'] {
  if (prepared.ok) throw new Error('the preparation succeeded');
  return prepared.failure;
}
