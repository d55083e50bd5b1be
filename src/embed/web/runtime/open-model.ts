import type { RowProblem } from '../../../contract/index.ts';
import { collectAnswers, feedRows, planFeeds } from '../../../onnx/index.ts';
import type { Row, RowAnswer, RowBlock } from '../../../servable/index.ts';
import {
  cellsWriter,
  modelColumns,
  narrowColumns,
  portCheck,
  rowAnswer,
  tableOfBlocks,
} from '../../../servable/index.ts';
import type { WebDescription } from '../description.ts';
import { rowCheck } from './check-row.ts';

/** Of onnxruntime-web; it and onnxruntime-node have these in common. */
type Runtime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'> & {
  readonly env: {
    readonly wasm: { numThreads?: number; proxy?: boolean; wasmPaths?: { readonly wasm: URL } | string };
  };
};

export interface OpenModelOptions {
  readonly description: WebDescription;
  /** The module of ONNX Runtime. */
  readonly runtime: Runtime;
  /** Folder of the bundle, with a slash at its end. */
  readonly base: URL;
  /** Where ONNX Runtime's program is, below the folder. */
  readonly program: string;
}

/** A model in a page. */
export interface WebModel {
  /** The rules of the contract that a row breaks, as the server finds them. */
  check(row: unknown): readonly RowProblem[];
  /** Answers one row. Throws `InvalidRowError` when it breaks the contract. */
  predict(row: unknown): Promise<RowAnswer>;
  /** Answers rows in one call. */
  predictMany(rows: readonly unknown[]): Promise<readonly RowAnswer[]>;
  /** Frees the memory. */
  close(): Promise<void>;
}

/** A row that breaks the contract of the model. */
export class InvalidRowError extends Error {
  override readonly name = 'InvalidRowError';
  readonly problems: readonly (RowProblem & { readonly row: number })[];

  constructor(problems: InvalidRowError['problems']) {
    const { row, column, expected } = problems[0]!;
    super(`${column === undefined ? '' : `${column} of `}row ${row}: expected ${expected}`);
    this.problems = problems;
  }
}

/** Loads a model from its folder: nothing else is asked, and nothing leaves the page. */
export async function openModel({
  description,
  runtime,
  base,
  program,
}: OpenModelOptions): Promise<WebModel> {
  const { env } = runtime;
  env.wasm.numThreads = 1;
  env.wasm.proxy = false;
  env.wasm.wasmPaths = { wasm: new URL(program, base) };
  const session = await runtime.InferenceSession.create(await modelBytes(description, base), {
    executionProviders: ['wasm'],
    executionMode: 'sequential',
    logSeverityLevel: 4,
  });
  const { info, roles } = description;
  const columns = modelColumns(info);
  const contract = narrowColumns(info, columns, description.columns);
  const keepsContract = rowCheck(contract);
  const fitsPorts = portCheck(info, columns, contract);
  const cellsOf = cellsWriter(columns, description.columns);
  const fetches = [roles.scores, ...(roles.label === undefined ? [] : [roles.label])];
  const named = info.metadata['trainyard.columns'];
  const matrixColumns = named === undefined ? undefined : (JSON.parse(named) as readonly string[]);

  const check = (row: unknown): readonly RowProblem[] => {
    const problems = keepsContract(row);
    return problems.length > 0 ? problems : fitsPorts(row as Row);
  };

  const answer = async (rows: readonly Row[]): Promise<readonly RowAnswer[]> => {
    const cells: RowBlock['cells'][number][] = [];
    for (const row of rows) cellsOf(row, cells);
    const table = tableOfBlocks([{ rows: rows.length, cells }], columns);
    const plan = planFeeds(info.inputs, table, { matrixColumns, chunkRows: 4096 });
    if (!plan.ok) throw new Error(plan.failure.message);
    const answers = collectAnswers(info, roles, rows.length);
    for (let start = 0; start < rows.length; start += plan.value.chunkRows) {
      const end = Math.min(start + plan.value.chunkRows, rows.length);
      const feeds = feedRows(plan.value, start, end, runtime.Tensor);
      if (!feeds.ok) throw new Error(feeds.failure.message);
      const outputs = await session.run(feeds.value, fetches);
      const wrong = await answers.add(outputs as Parameters<typeof answers.add>[0], start, end - start);
      if (wrong !== undefined) throw new Error(wrong.message);
    }
    const prediction = answers.prediction();
    return rows.map((_, row) => rowAnswer(prediction, row));
  };

  // A session answers one call after the other.
  let last: Promise<unknown> = Promise.resolve();
  const predictMany = (rows: readonly unknown[]): Promise<readonly RowAnswer[]> => {
    const problems = rows.flatMap((row, i) => check(row).map((problem) => ({ ...problem, row: i })));
    if (problems.length > 0) return Promise.reject(new InvalidRowError(problems));
    const next = last.then(() => answer(rows as readonly Row[]));
    last = next.catch(() => undefined);
    return next;
  };
  return {
    check,
    predictMany,
    predict: async (row) => (await predictMany([row]))[0]!,
    close: async () => {
      await last;
      await session.release();
    },
  };
}

/** The bytes must be those that were exported; where the page is not secure, browsers cannot tell. */
async function modelBytes({ sha256 }: WebDescription, base: URL): Promise<Uint8Array> {
  const response = await fetch(new URL('model.onnx', base));
  if (!response.ok) throw new Error(`model.onnx: the server answers ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (globalThis.crypto?.subtle === undefined) return bytes;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found !== sha256) throw new Error('model.onnx is not the file that was exported');
  return bytes;
}
